//! Hands `sep2_client` what it is told to read on stdin, and says on stdout what it read, decided and did, a JSON object a line.
//!
//! Nothing is decided here: which events there are is the server's, what becomes of them the `Schedule`s' of the crate.
//! usage: sep2-stranger ADDRESS CERT.pem KEY.pem CERT.der CA.pem DEVICE_CATEGORY

use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::Arc;
use std::time::Duration;

use sep2_client::client::Client;
use sep2_client::device::SEDevice;
use sep2_client::event::{EIStatus, EventInstance, Schedule, Scheduler};
use sep2_client::time::update_time_offset;
use sep2_client::tls::{check_ca, check_device_cert, check_self_signed_client_cert};
use sep2_common::packages::{
    dcap::*, di::*, drlc::*, edev::*, flow_reservation::*, fsa::*, identification::*,
    log_events::*, messaging::*, metering::*, power_status::*, pricing::*, pubsub::*, response::*,
    time::*, types::DeviceCategoryType,
};
use sep2_common::traits::{SEEvent, SEResource};
use sep2_common::{deserialize, serialize};
use serde_json::{json, Value};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::RwLock;

mod text_messages;
use text_messages::TextMessageList;

type ResponseList = sep2_common::packages::response::ResponseList<Response>;
type Failure = Box<dyn std::error::Error + Send + Sync>;

const WHOLE_LIST: &str = "?s=0&l=255";
const TICK: Duration = Duration::from_millis(50);

fn say(what: Value) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{what}")
        .and_then(|()| out.flush())
        .expect("nobody listens");
}

/// What was read, as the crate writes it again; or why it was not.
fn read<R: SEResource>(from: &str, found: Result<R, impl std::fmt::Display>) {
    match found
        .map_err(|err| err.to_string())
        .and_then(|found| serialize(&found).map_err(|err| err.to_string()))
    {
        Ok(written) => say(json!({"read": from, "as": R::name(), "written": written})),
        Err(refused) => say(json!({"read": from, "as": R::name(), "refused": refused})),
    }
}

macro_rules! read_as {
    ($name:expr, $from:expr, $client:expr, $text:expr; $($resource:ident)*) => {
        match ($name, $text) {
            $((stringify!($resource), Some(text)) => read::<$resource>($from, deserialize(text)),)*
            $((stringify!($resource), None) => read::<$resource>($from, $client.get($from).await),)*
            (name, _) => say(json!({"read": $from, "as": name, "refused": "the crate has no such resource"})),
        }
    };
}

/// Read what is at a path, or a `text`, as a resource of this name.
async fn read_named(name: &str, from: &str, client: &Client, text: Option<&str>) {
    read_as!(name, from, client, text;
        ConsumptionTariffInterval ConsumptionTariffIntervalList DemandResponseProgram DemandResponseProgramList DeviceCapability
        DeviceInformation DeviceStatus DrResponse EndDevice EndDeviceControl EndDeviceControlList EndDeviceList
        FlowReservationRequest FlowReservationRequestList FlowReservationResponse FlowReservationResponseList
        FlowReservationResponseResponse FunctionSetAssignments FunctionSetAssignmentsList LogEvent LogEventList MessagingProgram
        MessagingProgramList MeterReading MeterReadingList PowerStatus PriceResponse RateComponent RateComponentList
        Reading ReadingList ReadingSet ReadingSetList ReadingType Registration Response ResponseList ResponseSet ResponseSetList
        SelfDevice Subscription SubscriptionList TariffProfile TariffProfileList TextMessage TextMessageList TextResponse Time
        TimeTariffInterval TimeTariffIntervalList UsagePoint UsagePointList)
}

/// The schedules of one device, and whether who it belongs to stays out of what begins.
struct Follower {
    client: Client,
    address: String,
    device: Arc<RwLock<SEDevice>>,
    controls: Schedule<EndDeviceControl>,
    messages: Schedule<TextMessage>,
    prices: Schedule<TimeTariffInterval>,
    out: Arc<AtomicBool>,
}

/// What a schedule tells its device, answered with the status that the crate has for it.
fn told<E: SEEvent>(out: &AtomicBool, event: &EventInstance<E>) -> ResponseStatus {
    let opted_out = event.status() == EIStatus::Active && out.load(Ordering::Relaxed);
    say(json!({
        "event": event.event().mrid().to_string(), "is": E::name(), "status": format!("{:?}", event.status()),
        "start": event.start_time(), "end": event.end_time(), "out": opted_out,
    }));
    if opted_out {
        ResponseStatus::EventOptOut
    } else {
        event.status().into()
    }
}

impl Follower {
    fn new(client: Client, address: String, device: SEDevice) -> Self {
        let out = Arc::new(AtomicBool::new(false));
        let device = Arc::new(RwLock::new(device));
        macro_rules! schedule {
            ($event:ty) => {{
                let out = out.clone();
                let handler =
                    move |event: &EventInstance<$event>| std::future::ready(told(&out, event));
                Schedule::<$event>::new(client.clone(), device.clone(), handler, TICK)
            }};
        }
        let (controls, messages, prices) = (
            schedule!(EndDeviceControl),
            schedule!(TextMessage),
            schedule!(TimeTariffInterval),
        );
        Follower {
            client,
            address,
            device,
            controls,
            messages,
            prices,
            out,
        }
    }

    /// The reference that an answer is wanted at, resolved against the server's address: the crate takes absolute ones only.
    fn absolute(&self, reply_to: &mut Option<String>) {
        if let Some(path) = reply_to.take_if(|each| each.starts_with('/')) {
            *reply_to = Some(format!("{}{path}", self.address));
        }
    }

    /// Hand everything that is assigned to this device to the schedules, as it stands now.
    async fn look(&mut self) -> Result<(), Failure> {
        let capability: DeviceCapability = self.client.get("/dcap").await?;
        if let Some(link) = &capability.time_link {
            update_time_offset(self.client.get::<Time>(&link.href).await?);
        }
        let devices: EndDeviceList = self
            .client
            .get(&whole(
                &capability
                    .end_device_list_link
                    .ok_or("no list of devices")?
                    .href,
            ))
            .await?;
        let lfdi = self.device.read().await.lfdi;
        let entry = devices
            .end_device
            .into_iter()
            .find(|each| each.lfdi == Some(lfdi))
            .ok_or("not on the list")?;
        let link = entry
            .function_set_assignments_list_link
            .ok_or("nothing is assigned")?;
        let assigned: FunctionSetAssignmentsList = self.client.get(&whole(&link.href)).await?;
        for each in assigned.function_set_assignments {
            if let Some(link) = each.demand_response_program_list_link {
                self.look_at_controls(&link.href).await?;
            }
            if let Some(link) = each.messaging_program_list_link {
                self.look_at_messages(&link.href).await?;
            }
            if let Some(link) = each.tariff_profile_list_link {
                self.look_at_prices(&link.href).await?;
            }
        }
        Ok(())
    }

    async fn look_at_controls(&mut self, href: &str) -> Result<(), Failure> {
        for program in self
            .client
            .get::<DemandResponseProgramList>(&whole(href))
            .await?
            .demand_response_program
        {
            let Some(link) = &program.end_device_control_list_link else {
                continue;
            };
            for mut event in self
                .client
                .get::<EndDeviceControlList>(&whole(&link.href))
                .await?
                .end_device_control
            {
                self.absolute(&mut event.reply_to);
                self.controls.add_event(event, &program, 0).await;
            }
        }
        Ok(())
    }

    async fn look_at_messages(&mut self, href: &str) -> Result<(), Failure> {
        for program in self
            .client
            .get::<MessagingProgramList>(&whole(href))
            .await?
            .messaging_program
        {
            let Some(link) = &program.text_message_list_link else {
                continue;
            };
            for mut event in self
                .client
                .get::<TextMessageList>(&whole(&link.href))
                .await?
                .0
                .text_message
            {
                self.absolute(&mut event.reply_to);
                self.messages.add_event(event, &program, 0).await;
            }
        }
        Ok(())
    }

    async fn look_at_prices(&mut self, href: &str) -> Result<(), Failure> {
        for profile in self
            .client
            .get::<TariffProfileList>(&whole(href))
            .await?
            .tariff_profile
        {
            let Some(link) = &profile.rate_component_list_link else {
                continue;
            };
            for rate in self
                .client
                .get::<RateComponentList>(&whole(&link.href))
                .await?
                .rate_component
            {
                let program = (profile.clone(), rate);
                let href = &program.1.time_tariff_interval_list_link.href;
                for mut event in self
                    .client
                    .get::<TimeTariffIntervalList>(&whole(href))
                    .await?
                    .time_tariff_interval
                {
                    self.absolute(&mut event.reply_to);
                    self.prices.add_event(event, &program, 0).await;
                }
            }
        }
        Ok(())
    }
}

fn whole(href: &str) -> String {
    format!("{href}{WHOLE_LIST}")
}

fn judge(kind: &str, path: &str) {
    let judged = match kind {
        "device" => check_device_cert(path),
        "client" => check_self_signed_client_cert(path),
        _ => check_ca(path),
    };
    say(json!({"certificate": kind, "refused": judged.err().map(|err| err.to_string())}));
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, cert, key, der, ca, category] = arguments.as_slice() else {
        return Err(
            "usage: sep2-stranger ADDRESS CERT.pem KEY.pem CERT.der CA.pem DEVICE_CATEGORY".into(),
        );
    };
    let client = Client::new_https(address, cert, key, ca, None, None)?;
    let device = SEDevice::new_from_cert(
        der,
        DeviceCategoryType::from_bits_truncate(category.parse()?),
    )?;
    say(json!({"lfdi": device.lfdi.to_string(), "sfdi": device.sfdi.to_string()}));
    let mut follower = Follower::new(client.clone(), address.clone(), device);
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        match line.split(' ').collect::<Vec<_>>().as_slice() {
            ["get", name, path] => read_named(name, path, &client, None).await,
            ["parse", name, file] => {
                read_named(name, file, &client, Some(&std::fs::read_to_string(file)?)).await
            }
            ["judge", kind, file] => judge(kind, file),
            ["out", out] => {
                follower.out.store(*out == "yes", Ordering::Relaxed);
                say(json!({"out": out}));
            }
            ["look"] => {
                let looked = follower.look().await.map_err(|err| err.to_string());
                say(json!({"looked": looked.is_ok(), "refused": looked.err()}));
            }
            _ => return Err(format!("what is {line:?}?").into()),
        }
    }
    Ok(())
}

// Built from frontend/ by script/frontend: change it there.
var vn=Object.defineProperty;var g=(i,e,t)=>()=>{if(t)throw t[0];try{return i&&(e=i(i=0)),e}catch(s){throw t=[s],s}};var bn=(i,e)=>{for(var t in e)vn(i,t,{get:e[t],enumerable:!0})};var Vt,Bt=g(()=>{"use strict";Vt={home:"Zuhause",devices:"Geräte",strategy:"Leistung, Kosten, Preise, Laststeuerung, Fahrzeuge und Zustand deines Zuhauses",no_gateway:"Es gibt noch keinen Zähler.",add_gateway:"Zähler hinzufügen",gateway_disabled:"Der Zähler ist deaktiviert.",to_integration:"Zur Integration",power:"Leistung jetzt",power_about:"Was dein Zuhause aus dem Netz bezieht oder einspeist, als Anzeige",power_none:"Dein Zähler meldet gerade keine Leistung.",power_in:"{power} aus dem Netz",power_out:"{power} ins Netz",power_neither:"Nichts wird bezogen oder eingespeist",take:"aus dem Netz",give:"ins Netz",today:"Heute",today_about:"Energie und Kosten seit Mitternacht",from_grid:"Aus dem Netz",to_grid:"Ins Netz",cost:"Kosten",cost_none:"kein Preis bekannt",cost_part:"{cost} ohne {energy}, deren Preis nicht bekannt ist",today_none:"Gezählt wird ab den nächsten fünf Minuten.",today_failed:"Die Statistik ließ sich nicht lesen: {why}",today_no_energy:"Dein Zähler meldet keine Energie.",by_hour:"Bezug nach Stunden; am meisten von {from} bis {to}: {energy}",price:"Preis, nächste 24 Stunden",price_about:"Preise, Laststeuerung und Ladepläne der nächsten 24 Stunden",price_none:"Noch nennt niemand einen Preis. Ein Zähler mit Tarif tut das oder ein Versorger mit OpenADR.",price_away:"Der Preis ist gerade nicht bekannt.",price_now:"Jetzt {price}",price_bar:"{from} bis {to}: {price}",price_until:"Bis {to}",price_tier:"{bar} (Stufe {tier} deines Tarifs)",price_low:"niedrig",price_middle:"mittel",price_high:"hoch",price_keys:"Mit den Pfeiltasten von Preis zu Preis",band_control:"{device}: Laststeuerung, {from} bis {to}",band_charging:"{device}: Laden, {from} bis {to}",control:"Laststeuerung",control_about:"Was der Versorger von deinen Geräten verlangt, bis wann, und wie du aussteigst",messages:"Von deinem Versorger",message_high:"Wichtig",message_critical:"Dringend",acknowledge:"Bestätigen",acknowledge_sure:"Dein Versorger erfährt, dass du das gelesen hast und bestätigst.",acknowledge_yes:"Ja, bestätigen",acknowledged:"Bestätigt: Dein Versorger erfährt es.",acknowledge_prices:"Dein Versorger bittet dich, seine Preise zu bestätigen, die jetzigen und die kommenden.",control_none:"Gerade wird nichts von deinem Zuhause verlangt.",control_next:"{device}: wieder {when}",control_until:"bis {when}",control_mandatory:"Ein Notfall: Niemand kann aussteigen.",control_out:"Ausgestiegen",no_devices:"Noch nimmt kein Gerät an der Laststeuerung teil.",add_device:"Gerät hinzufügen",opt_out:"Jetzt aussteigen",opt_out_sure:"{device} verlässt diese Laststeuerung, und dein Versorger erfährt es.",opt_out_yes:"Ja, aussteigen",opt_in:"Wieder teilnehmen",no:"Nein",busy:"Einen Moment …",failed:"Das hat nicht geklappt: {why}",not_allowed:"das dürfen nur Administratoren, wenn die Optionen des Hubs es nicht auch anderen erlauben.",connection_lost:"die Verbindung zu Home Assistant ist abgebrochen.",maybe_done:"Die Verbindung zu Home Assistant ist abgebrochen. Vielleicht ist es trotzdem geschehen: Sieh nach, sobald sie wieder da ist.",vehicle:"Fahrzeug",vehicle_about:"Stecker, Laden, Kosten, Abrechnung des Monats und nächste Abfahrt",no_vehicle:"Noch ist kein Fahrzeug gebunden.",add_vehicle:"Fahrzeug hinzufügen",plugged:"Eingesteckt",charging:"Lädt",idle_since:"Keine Energie genommen seit {when}",unplugged:"Nicht eingesteckt",plug_unknown:"Ob es eingesteckt ist, ist nicht bekannt",plug_perhaps:"Vielleicht eingesteckt",plug_unassigned:"Hier eingesteckt, unbekannt von wem",session_now:"Dieser Ladevorgang",session_last:"Letzter Ladevorgang",session_none:"Noch kein Ladevorgang",month:"Dieser Monat",month_none:"Diesen Monat ist noch kein Ladevorgang zu Ende gegangen",month_uncounted:"Der letzte Ladevorgang ist noch nicht gezählt",measured:"{energy} gemessen",billed:"{energy} abgerechnet, {amount}",agrees:"Abrechnung und Messung stimmen überein.",less_billed:"{energy} noch nicht abgerechnet.",more_billed:"{energy} mehr abgerechnet als gemessen.",departure:"Nächste Abfahrt",departure_none:"Keine geplant",plan:"Ladeplan",charge_now:"Jetzt laden",statement:"Abrechnung (PDF)",table:"Ladevorgänge (CSV)",health:"Zustand",health_about:"Wie es allem geht, warum, und was hilft",health_ok:"Alles in Ordnung",health_one:"{device} braucht Aufmerksamkeit",health_some:"{count} von {all} brauchen Aufmerksamkeit",elsewhere:"Zeiten gehen hier nach deinem Gerät. Zu Hause ist es {time}; in deinem Profil kannst du das umstellen.",since:"seit {when}",diagnose:"Diagnose",diagnosing:"Diagnose läuft, das dauert bis zu einer Minute …",diagnose_tells:"Was die Diagnose findet, wird deinem Versorger gemeldet und ist dort ein Fall, bis alles wieder gut ist.",helps:"Was hilft: {what}",repair:"Reparieren",repair_sure:"{what} Jetzt reparieren?",sure_resynchronise:"Home Assistant sucht das Gateway neu, liest alles neu ein und testet es.",sure_re_announce:"Home Assistant setzt das Gerät wieder auf die Liste des Gateways und testet es.",sure_reregister:"Home Assistant registriert das Gerät neu beim Versorger und testet es.",sure_correct_enrollment:"Home Assistant lässt Versorger und Gateway die vereinbarten Programme verwenden und testet sie.",sure_commission_again:"Home Assistant beginnt die Inbetriebnahme neu; du beendest sie unter Einstellungen → Geräte & Dienste.",sure_renew_certificate:"Home Assistant beginnt die Inbetriebnahme mit einem neuen Zertifikat; du beendest sie unter Einstellungen → Geräte & Dienste.",sure_sign_in:"Home Assistant lässt dich neu beim Versorger anmelden, unter Einstellungen → Geräte & Dienste.",sure_check_device:"Home Assistant lädt die Integration des Geräts neu und testet es.",repair_yes:"Ja, reparieren",repairing:"Reparatur und Test laufen, das dauert bis zu einer Minute …",diagnosed:"{what} · {when}",repaired:"Repariert · {when}: {what}",not_repaired:"Noch nicht repariert · {when}: {what}",case_closed:"{text}; Fall geschlossen",details:"Geräteseite",cases:"Fälle und Termine",cases_about:"Worum sich dein Versorger kümmert, und wann jemand kommt",cases_none:"Beim Versorger ist kein Fall offen.",appointment:"Termin: {when}",case_open:"Jemand kümmert sich darum",case_scheduled:"Ein Termin ist vereinbart",installer:"Installation",step_commission:"1. In Betrieb nehmen",commission_hint:"Es öffnen sich die Dialoge von Home Assistant. Mit „Zurück“ auf dem Telefon oder im Browser kommst du wieder hierher.",new_gateway:"Gateway in Betrieb nehmen",new_device:"Gerät oder Fahrzeug hinzufügen",numbers:"Nummern für deinen Versorger",copy:"Kopieren",copied:"Kopiert",number_lfdi:"LFDI",number_sfdi:"SFDI",number_pin:"PIN von Home Assistant",number_eui64:"EUI64 des Funkmoduls",number_install_code:"Installationscode des Funkmoduls",number_ven:"Name beim Versorger (VEN)",number_serial:"Seriennummer",number_vin:"FIN",step_survey:"2. Abdeckung messen",survey_hint:"Trage das Gerät, oder etwas, das ebenso empfängt, und miss, wo du stehst.",survey_none:"Noch ist kein Gerät an einem Gateway. Füge zuerst eines hinzu.",survey_device:"Gerät",survey_place:"Wo bist du?",survey_signal:"Signal dessen, was du trägst",survey_way:"Keines: nur der Weg zum Gateway",measure:"Hier messen",measuring:"Es wird gemessen, bleib, wo du bist …",place_needed:"sag zuerst, wo du bist.",survey_empty:"Noch ist nichts gemessen.",quality_good:"Gut",quality_marginal:"Grenzwertig",quality_too_weak:"Zu schwach",quality_way:"Kein Signal: Nichts, was eines meldet, wurde mitgetragen. Gemessen wurde nur der Weg zum Gateway.",answers_in:"antwortet in {time}",lost:"{share} verloren",tell_utility:"Dem Versorger melden",told_utility:"Dein Versorger weiß davon: Fall {case}.",step_diagnose:"3. Diagnostizieren",step_handover:"4. Übergeben",handover_hint:"Was eingebaut ist und wie es jetzt darum steht, zum Zeigen, Teilen und Aufheben als PDF.",handover_gateway:"Gateway",handover_name:"Dein Name (wenn du magst)",handover_notes:"Notizen",handover_make:"Bericht erstellen",handover_making:"Alles wird angesehen …",share:"Teilen (PDF)",download:"Herunterladen (PDF)",subject:"Gateway, Gerät oder Fahrzeug"}});var ht,Gt=g(()=>{"use strict";ht={home:"Home",devices:"Devices",strategy:"Power, cost, prices, load control, vehicles and health of your home",no_gateway:"There is no meter yet.",add_gateway:"Add your meter",gateway_disabled:"The meter is disabled.",to_integration:"To the integration",power:"Power now",power_about:"What the home takes from the grid or gives to it, as a gauge",power_none:"Your meter tells no power just now.",power_in:"{power} from the grid",power_out:"{power} to the grid",power_neither:"Nothing is taken or given",take:"from the grid",give:"to the grid",today:"Today",today_about:"Energy and cost since midnight",from_grid:"From the grid",to_grid:"To the grid",cost:"Cost",cost_none:"no price known",cost_part:"{cost} without {energy} of unknown price",today_none:"Counting starts with the next five minutes.",today_failed:"The statistics could not be read: {why}",today_no_energy:"Your meter tells no energy.",by_hour:"From the grid by hour; most between {from} and {to}: {energy}",price:"Price, next 24 hours",price_about:"Prices, load control and charging plans of the next 24 hours",price_none:"Nobody tells a price yet. A meter with a tariff does, or a utility with OpenADR.",price_away:"The price is not known just now.",price_now:"Now {price}",price_bar:"{from} to {to}: {price}",price_until:"Until {to}",price_tier:"{bar} (tier {tier} of your tariff)",price_low:"low",price_middle:"middle",price_high:"high",price_keys:"Arrow keys go from price to price",band_control:"{device}: load control, {from} to {to}",band_charging:"{device}: charging, {from} to {to}",control:"Load control",control_about:"What the utility asks of your devices, until when, and the way out of it",messages:"From your utility",message_high:"Important",message_critical:"Urgent",acknowledge:"Acknowledge",acknowledge_sure:"Your utility is told that you have read this and acknowledge it.",acknowledge_yes:"Yes, acknowledge",acknowledged:"Acknowledged: your utility is told.",acknowledge_prices:"Your utility asks you to acknowledge its prices, those now and those ahead.",control_none:"Nothing is asked of your home now.",control_next:"{device}: next {when}",control_until:"until {when}",control_mandatory:"An emergency: nobody can opt out of it.",control_out:"Opted out",no_devices:"No device takes part in load control yet.",add_device:"Add a device",opt_out:"Opt out now",opt_out_sure:"{device} leaves this load control, and your utility is told.",opt_out_yes:"Yes, opt out",opt_in:"Take part again",no:"No",busy:"One moment …",failed:"That did not work: {why}",not_allowed:"only administrators may do that, unless the options of the hub allow others.",connection_lost:"the connection to Home Assistant was lost.",maybe_done:"The connection to Home Assistant was lost. It may have been done all the same: look again once it is back.",vehicle:"Vehicle",vehicle_about:"Plug, charging, cost, the month's bill and the next departure",no_vehicle:"No vehicle is bound yet.",add_vehicle:"Add a vehicle",plugged:"Plugged in",charging:"Charging",idle_since:"No energy taken since {when}",unplugged:"Not plugged in",plug_unknown:"Its plug is not known",plug_perhaps:"May be plugged in",plug_unassigned:"Plugged in here, not known whose",session_now:"This session",session_last:"Last session",session_none:"No session yet",month:"This month",month_none:"No session has ended this month",month_uncounted:"The last session is not counted yet",measured:"{energy} measured",billed:"{energy} billed, {amount}",agrees:"Bill and meter agree.",less_billed:"{energy} not billed yet.",more_billed:"{energy} more is billed than was measured.",departure:"Next departure",departure_none:"None planned",plan:"Charging plan",charge_now:"Charge now",statement:"Statement (PDF)",table:"Sessions (CSV)",health:"Health",health_about:"How everything is, why, and what helps",health_ok:"All is well",health_one:"{device} needs attention",health_some:"{count} of {all} need attention",elsewhere:"Times here go by your device. At home it is {time}; your profile can have them go by that.",since:"since {when}",diagnose:"Diagnose",diagnosing:"Diagnosing, this takes up to a minute …",diagnose_tells:"What Diagnose finds is told to your utility, and is a case there until it is well again.",helps:"What helps: {what}",repair:"Repair",repair_sure:"{what} Repair now?",sure_resynchronise:"Home Assistant finds the gateway again, reads everything anew and tests it.",sure_re_announce:"Home Assistant puts it back on the gateway’s list and tests it.",sure_reregister:"Home Assistant registers it with the utility again and tests it.",sure_correct_enrollment:"Home Assistant has utility and gateway use the programs you agreed to, and tests it.",sure_commission_again:"Home Assistant begins the commissioning again; you finish it under Settings → Devices & services.",sure_renew_certificate:"Home Assistant begins the commissioning with a new certificate; you finish it under Settings → Devices & services.",sure_sign_in:"Home Assistant has you sign in to the utility again, under Settings → Devices & services.",sure_check_device:"Home Assistant loads the integration of the device anew and tests it.",repair_yes:"Yes, repair",repairing:"Repairing and testing, this takes up to a minute …",diagnosed:"{what} · {when}",repaired:"Repaired · {when}: {what}",not_repaired:"Not repaired yet · {when}: {what}",case_closed:"{text}; case closed",details:"Device page",cases:"Cases and appointments",cases_about:"What your utility is taking care of, and when somebody comes",cases_none:"No case is open at your utility.",appointment:"Appointment: {when}",case_open:"Somebody is taking care of it",case_scheduled:"An appointment is made",installer:"Installer",step_commission:"1. Commission",commission_hint:"Home Assistant’s own dialogs open. Your phone’s or browser’s “back” leads here again.",new_gateway:"Commission a gateway",new_device:"Add a device or vehicle",numbers:"Numbers for your utility",copy:"Copy",copied:"Copied",number_lfdi:"LFDI",number_sfdi:"SFDI",number_pin:"PIN of Home Assistant",number_eui64:"EUI64 of the radio",number_install_code:"Install code of the radio",number_ven:"Name at the utility (VEN)",number_serial:"Serial number",number_vin:"VIN",step_survey:"2. Survey",survey_hint:"Carry the device, or something that receives like it, and measure where you stand.",survey_none:"No device is on a gateway yet. Add one first.",survey_device:"Device",survey_place:"Where are you?",survey_signal:"Signal of what you carry",survey_way:"None: only the way to the gateway",measure:"Measure here",measuring:"Measuring, stay where you are …",place_needed:"say where you are first.",survey_empty:"Nothing is measured yet.",quality_good:"Good",quality_marginal:"Marginal",quality_too_weak:"Too weak",quality_way:"No signal: nothing that tells one was carried. Only the way to the gateway was measured.",answers_in:"answers in {time}",lost:"{share} lost",tell_utility:"Tell the utility",told_utility:"Your utility knows of it: case {case}.",step_diagnose:"3. Diagnose",step_handover:"4. Hand over",handover_hint:"What is installed and how it is right now, to show, share and keep as a PDF.",handover_gateway:"Gateway",handover_name:"Your name (if you like)",handover_notes:"Notes",handover_make:"Make the report",handover_making:"Looking at everything …",share:"Share (PDF)",download:"Download (PDF)",subject:"Gateway, device or vehicle"}});var Kt,Yt=g(()=>{"use strict";Kt={home:"Casa",devices:"Dispositivos",strategy:"Potencia, coste, precios, control de carga, vehículos y estado de tu casa",no_gateway:"Todavía no hay contador.",add_gateway:"Añadir tu contador",gateway_disabled:"El contador está desactivado.",to_integration:"A la integración",power:"Potencia ahora",power_about:"Lo que la casa toma de la red o entrega a ella, como indicador",power_none:"Tu contador no indica potencia en este momento.",power_in:"{power} de la red",power_out:"{power} a la red",power_neither:"No se toma ni se entrega nada",take:"de la red",give:"a la red",today:"Hoy",today_about:"Energía y coste desde medianoche",from_grid:"De la red",to_grid:"A la red",cost:"Coste",cost_none:"precio desconocido",cost_part:"{cost} sin {energy} de precio desconocido",today_none:"Se cuenta a partir de los próximos cinco minutos.",today_failed:"No se pudieron leer las estadísticas: {why}",today_no_energy:"Tu contador no indica energía.",by_hour:"De la red por horas; lo máximo de {from} a {to}: {energy}",price:"Precio, próximas 24 horas",price_about:"Precios, control de carga y planes de carga de las próximas 24 horas",price_none:"Nadie indica todavía un precio. Lo hace un contador con tarifa o una compañía con OpenADR.",price_away:"El precio no se conoce en este momento.",price_now:"Ahora {price}",price_bar:"{from} a {to}: {price}",price_until:"Hasta las {to}",price_tier:"{bar} (tramo {tier} de tu tarifa)",price_low:"bajo",price_middle:"medio",price_high:"alto",price_keys:"Las flechas del teclado van de precio en precio",band_control:"{device}: control de carga, {from} a {to}",band_charging:"{device}: carga, {from} a {to}",control:"Control de carga",control_about:"Lo que la compañía pide a tus dispositivos, hasta cuándo, y cómo renunciar",messages:"De tu compañía",message_high:"Importante",message_critical:"Urgente",acknowledge:"Confirmar",acknowledge_sure:"Tu compañía sabrá que lo has leído y que lo confirmas.",acknowledge_yes:"Sí, confirmar",acknowledged:"Confirmado: tu compañía lo sabrá.",acknowledge_prices:"Tu compañía te pide que confirmes sus precios, los de ahora y los que vienen.",control_none:"Ahora no se pide nada a tu casa.",control_next:"{device}: próximo {when}",control_until:"hasta {when}",control_mandatory:"Una emergencia: nadie puede renunciar.",control_out:"Renunciado",no_devices:"Todavía ningún dispositivo participa en el control de carga.",add_device:"Añadir un dispositivo",opt_out:"Renunciar ahora",opt_out_sure:"{device} renuncia a este control de carga, y se avisa a tu compañía.",opt_out_yes:"Sí, renunciar",opt_in:"Volver a participar",no:"No",busy:"Un momento…",failed:"No ha funcionado: {why}",not_allowed:"solo pueden los administradores, salvo que las opciones del hub se lo permitan a otros.",connection_lost:"se ha perdido la conexión con Home Assistant.",maybe_done:"Se ha perdido la conexión con Home Assistant. Puede que se haya hecho de todos modos: vuelve a mirar cuando se recupere.",vehicle:"Vehículo",vehicle_about:"Enchufe, carga, coste, factura del mes y próxima salida",no_vehicle:"Todavía no hay ningún vehículo vinculado.",add_vehicle:"Añadir un vehículo",plugged:"Enchufado",charging:"Cargando",idle_since:"Sin tomar energía desde {when}",unplugged:"Sin enchufar",plug_unknown:"No se sabe si está enchufado",plug_perhaps:"Quizá enchufado",plug_unassigned:"Enchufado aquí, aún no se sabe de quién",session_now:"Esta sesión",session_last:"Última sesión",session_none:"Ninguna sesión todavía",month:"Este mes",month_none:"Este mes no ha terminado ninguna sesión",month_uncounted:"La última sesión aún no está contada",measured:"{energy} medidos",billed:"{energy} facturados, {amount}",agrees:"La factura y el contador coinciden.",less_billed:"{energy} aún sin facturar.",more_billed:"Se facturan {energy} más de lo medido.",departure:"Próxima salida",departure_none:"Ninguna prevista",plan:"Plan de carga",charge_now:"Cargar ahora",statement:"Extracto (PDF)",table:"Sesiones (CSV)",health:"Salud",health_about:"Cómo está todo, por qué, y qué ayuda",health_ok:"Todo va bien",health_one:"{device} necesita atención",health_some:"{count} de {all} necesitan atención",elsewhere:"Las horas son aquí las de tu dispositivo. En casa son las {time}; en tu perfil puedes elegir esas.",since:"desde {when}",diagnose:"Diagnosticar",diagnosing:"Diagnosticando, tarda hasta un minuto…",diagnose_tells:"Lo que encuentra el diagnóstico se comunica a tu compañía y es allí un caso hasta que vuelva a funcionar.",helps:"Lo que ayuda: {what}",repair:"Reparar",repair_sure:"{what} ¿Reparar ahora?",sure_resynchronise:"Home Assistant vuelve a encontrar el gateway, lo lee todo de nuevo y lo prueba.",sure_re_announce:"Home Assistant vuelve a poner el dispositivo en la lista del gateway y lo prueba.",sure_reregister:"Home Assistant registra de nuevo el dispositivo en la compañía y lo prueba.",sure_correct_enrollment:"Home Assistant hace que compañía y gateway usen los programas acordados, y los prueba.",sure_commission_again:"Home Assistant empieza de nuevo la puesta en servicio; la terminas en Ajustes → Dispositivos y servicios.",sure_renew_certificate:"Home Assistant empieza la puesta en servicio con un certificado nuevo; la terminas en Ajustes → Dispositivos y servicios.",sure_sign_in:"Home Assistant te pide iniciar sesión de nuevo en la compañía, en Ajustes → Dispositivos y servicios.",sure_check_device:"Home Assistant recarga la integración del dispositivo y lo prueba.",repair_yes:"Sí, reparar",repairing:"Reparando y probando, tarda hasta un minuto…",diagnosed:"{what} · {when}",repaired:"Reparado · {when}: {what}",not_repaired:"Aún no reparado · {when}: {what}",case_closed:"{text}; caso cerrado",details:"Página del dispositivo",cases:"Casos y citas",cases_about:"De qué se ocupa tu compañía y cuándo viene alguien",cases_none:"No hay ningún caso abierto en tu compañía.",appointment:"Cita: {when}",case_open:"Alguien se ocupa de ello",case_scheduled:"Hay una cita acordada",installer:"Instalación",step_commission:"1. Poner en marcha",commission_hint:"Se abren los diálogos de Home Assistant. Con «atrás» en el teléfono o el navegador vuelves aquí.",new_gateway:"Poner en marcha un gateway",new_device:"Añadir un dispositivo o vehículo",numbers:"Números para tu compañía",copy:"Copiar",copied:"Copiado",number_lfdi:"LFDI",number_sfdi:"SFDI",number_pin:"PIN de Home Assistant",number_eui64:"EUI64 de la radio",number_install_code:"Código de instalación de la radio",number_ven:"Nombre en la compañía (VEN)",number_serial:"Número de serie",number_vin:"Bastidor (VIN)",step_survey:"2. Medir la cobertura",survey_hint:"Lleva el dispositivo, o algo que reciba igual, y mide donde estés.",survey_none:"Aún no hay ningún dispositivo en un gateway. Añade uno primero.",survey_device:"Dispositivo",survey_place:"¿Dónde estás?",survey_signal:"Señal de lo que llevas",survey_way:"Ninguna: solo el camino al gateway",measure:"Medir aquí",measuring:"Midiendo, quédate donde estás …",place_needed:"di primero dónde estás.",survey_empty:"Aún no se ha medido nada.",quality_good:"Buena",quality_marginal:"Justa",quality_too_weak:"Demasiado débil",quality_way:"Sin señal: no se llevó nada que la indique. Solo se midió el camino al gateway.",answers_in:"responde en {time}",lost:"{share} perdido",tell_utility:"Informar a la compañía",told_utility:"Tu compañía lo sabe: caso {case}.",step_diagnose:"3. Diagnosticar",step_handover:"4. Entregar",handover_hint:"Qué está instalado y cómo está ahora mismo, para mostrarlo, compartirlo y guardarlo en PDF.",handover_gateway:"Gateway",handover_name:"Tu nombre (si quieres)",handover_notes:"Notas",handover_make:"Hacer el informe",handover_making:"Mirándolo todo …",share:"Compartir (PDF)",download:"Descargar (PDF)",subject:"Pasarela, dispositivo o vehículo"}});var Zt,Jt=g(()=>{"use strict";Zt={home:"Maison",devices:"Appareils",strategy:"Puissance, coût, prix, commande de charge, véhicules et état de votre logement",no_gateway:"Il n’y a pas encore de compteur.",add_gateway:"Ajouter votre compteur",gateway_disabled:"Le compteur est désactivé.",to_integration:"Vers l’intégration",power:"Puissance actuelle",power_about:"Ce que le logement prend au réseau ou lui donne, sous forme de jauge",power_none:"Votre compteur n’indique pas de puissance pour l’instant.",power_in:"{power} depuis le réseau",power_out:"{power} vers le réseau",power_neither:"Rien n’est pris ni donné",take:"depuis le réseau",give:"vers le réseau",today:"Aujourd’hui",today_about:"Énergie et coût depuis minuit",from_grid:"Depuis le réseau",to_grid:"Vers le réseau",cost:"Coût",cost_none:"prix inconnu",cost_part:"{cost} sans {energy} dont le prix est inconnu",today_none:"Le comptage commence avec les cinq prochaines minutes.",today_failed:"Les statistiques n’ont pas pu être lues : {why}",today_no_energy:"Votre compteur n’indique pas d’énergie.",by_hour:"Depuis le réseau par heure ; le plus de {from} à {to} : {energy}",price:"Prix, 24 prochaines heures",price_about:"Prix, commande de charge et plans de recharge des 24 prochaines heures",price_none:"Personne n’indique encore de prix. Un compteur avec un tarif le fait, ou un fournisseur avec OpenADR.",price_away:"Le prix n’est pas connu pour l’instant.",price_now:"Maintenant {price}",price_bar:"{from} à {to} : {price}",price_until:"Jusqu’à {to}",price_tier:"{bar} (palier {tier} de votre tarif)",price_low:"bas",price_middle:"moyen",price_high:"élevé",price_keys:"Les flèches vont d’un prix à l’autre",band_control:"{device} : commande de charge, {from} à {to}",band_charging:"{device} : recharge, {from} à {to}",control:"Commande de charge",control_about:"Ce que le fournisseur demande à vos appareils, jusqu’à quand, et comment la refuser",messages:"De votre fournisseur",message_high:"Important",message_critical:"Urgent",acknowledge:"Confirmer",acknowledge_sure:"Votre fournisseur apprend que vous l’avez lu et que vous le confirmez.",acknowledge_yes:"Oui, confirmer",acknowledged:"Confirmé : votre fournisseur en est informé.",acknowledge_prices:"Votre fournisseur vous demande de confirmer ses prix, ceux d’aujourd’hui et ceux à venir.",control_none:"Rien n’est demandé à votre logement pour l’instant.",control_next:"{device} : prochain {when}",control_until:"jusqu’à {when}",control_mandatory:"Une urgence : personne ne peut la refuser.",control_out:"Refusée",no_devices:"Aucun appareil ne participe encore à la commande de charge.",add_device:"Ajouter un appareil",opt_out:"Refuser maintenant",opt_out_sure:"{device} refuse cette commande de charge, et votre fournisseur en est informé.",opt_out_yes:"Oui, refuser",opt_in:"Participer de nouveau",no:"Non",busy:"Un instant…",failed:"Cela n’a pas marché : {why}",not_allowed:"seuls les administrateurs le peuvent, sauf si les options du hub l’autorisent à d’autres.",connection_lost:"la connexion à Home Assistant a été perdue.",maybe_done:"La connexion à Home Assistant a été perdue. C’est peut-être fait malgré tout : regardez à nouveau dès qu’elle est rétablie.",vehicle:"Véhicule",vehicle_about:"Prise, recharge, coût, facture du mois et prochain départ",no_vehicle:"Aucun véhicule n’est encore lié.",add_vehicle:"Ajouter un véhicule",plugged:"Branché",charging:"En charge",idle_since:"Aucune énergie prise depuis {when}",unplugged:"Débranché",plug_unknown:"On ne sait pas s’il est branché",plug_perhaps:"Peut-être branché",plug_unassigned:"Branché ici, on ne sait pas encore à qui",session_now:"Cette session",session_last:"Dernière session",session_none:"Aucune session pour l’instant",month:"Ce mois-ci",month_none:"Aucune session ne s’est terminée ce mois-ci",month_uncounted:"La dernière session n’est pas encore comptée",measured:"{energy} mesurés",billed:"{energy} facturés, {amount}",agrees:"Facture et compteur concordent.",less_billed:"{energy} pas encore facturés.",more_billed:"{energy} facturés de plus que mesurés.",departure:"Prochain départ",departure_none:"Aucun prévu",plan:"Plan de recharge",charge_now:"Recharger maintenant",statement:"Relevé (PDF)",table:"Sessions (CSV)",health:"Santé",health_about:"Comment tout se porte, pourquoi, et ce qui aide",health_ok:"Tout va bien",health_one:"{device} demande de l’attention",health_some:"{count} sur {all} demandent de l’attention",elsewhere:"Les heures sont ici celles de votre appareil. Chez vous il est {time} ; votre profil permet de suivre celle-là.",since:"depuis {when}",diagnose:"Diagnostiquer",diagnosing:"Diagnostic en cours, jusqu’à une minute…",diagnose_tells:"Ce que le diagnostic trouve est signalé à votre fournisseur, et y est un dossier jusqu’à ce que tout aille bien.",helps:"Ce qui aide : {what}",repair:"Réparer",repair_sure:"{what} Réparer maintenant ?",sure_resynchronise:"Home Assistant retrouve la passerelle, relit tout et la teste.",sure_re_announce:"Home Assistant remet l’appareil sur la liste de la passerelle et le teste.",sure_reregister:"Home Assistant réenregistre l’appareil auprès du fournisseur et le teste.",sure_correct_enrollment:"Home Assistant fait utiliser au fournisseur et à la passerelle les programmes convenus, et les teste.",sure_commission_again:"Home Assistant recommence la mise en service ; vous la terminez sous Paramètres → Appareils et services.",sure_renew_certificate:"Home Assistant recommence la mise en service avec un nouveau certificat ; vous la terminez sous Paramètres → Appareils et services.",sure_sign_in:"Home Assistant vous fait vous reconnecter au fournisseur, sous Paramètres → Appareils et services.",sure_check_device:"Home Assistant recharge l’intégration de l’appareil et le teste.",repair_yes:"Oui, réparer",repairing:"Réparation et test en cours, cela prend jusqu’à une minute…",diagnosed:"{what} · {when}",repaired:"Réparé · {when} : {what}",not_repaired:"Pas encore réparé · {when} : {what}",case_closed:"{text} ; dossier clos",details:"Page de l’appareil",cases:"Dossiers et rendez-vous",cases_about:"Ce dont votre fournisseur s’occupe, et quand quelqu’un vient",cases_none:"Aucun dossier n’est ouvert chez votre fournisseur.",appointment:"Rendez-vous : {when}",case_open:"Quelqu’un s’en occupe",case_scheduled:"Un rendez-vous est pris",installer:"Installation",step_commission:"1. Mettre en service",commission_hint:"Les dialogues de Home Assistant s’ouvrent. Le retour du téléphone ou du navigateur ramène ici.",new_gateway:"Mettre une passerelle en service",new_device:"Ajouter un appareil ou un véhicule",numbers:"Numéros pour votre fournisseur",copy:"Copier",copied:"Copié",number_lfdi:"LFDI",number_sfdi:"SFDI",number_pin:"PIN de Home Assistant",number_eui64:"EUI64 de la radio",number_install_code:"Code d’installation de la radio",number_ven:"Nom auprès du fournisseur (VEN)",number_serial:"Numéro de série",number_vin:"VIN",step_survey:"2. Étudier la couverture",survey_hint:"Portez l’appareil, ou quelque chose qui reçoit comme lui, et mesurez là où vous êtes.",survey_none:"Aucun appareil n’est encore sur une passerelle. Ajoutez-en un d’abord.",survey_device:"Appareil",survey_place:"Où êtes-vous ?",survey_signal:"Signal de ce que vous portez",survey_way:"Aucun : seulement le chemin vers la passerelle",measure:"Mesurer ici",measuring:"Mesure en cours, restez où vous êtes …",place_needed:"dites d’abord où vous êtes.",survey_empty:"Rien n’est encore mesuré.",quality_good:"Bonne",quality_marginal:"Limite",quality_too_weak:"Trop faible",quality_way:"Pas de signal : rien de ce qui en indique un n’a été porté. Seul le chemin vers la passerelle a été mesuré.",answers_in:"répond en {time}",lost:"{share} perdus",tell_utility:"Informer le fournisseur",told_utility:"Votre fournisseur est au courant : dossier {case}.",step_diagnose:"3. Diagnostiquer",step_handover:"4. Remettre",handover_hint:"Ce qui est installé et son état actuel, à montrer, à partager et à garder en PDF.",handover_gateway:"Passerelle",handover_name:"Votre nom (facultatif)",handover_notes:"Remarques",handover_make:"Établir le rapport",handover_making:"Tout est examiné …",share:"Partager (PDF)",download:"Télécharger (PDF)",subject:"Passerelle, appareil ou véhicule"}});var Qt,T,W=g(()=>{"use strict";Bt();Gt();Yt();Jt();Qt={en:ht,de:Vt,es:Kt,fr:Zt},T=(i,e,t={})=>(Qt[i]??Qt[i.split("-")[0]??""]??ht)[e].replace(/\{(\w+)\}/g,(n,r)=>String(t[r]??n))});var wn,Xt,es,ts,pt=g(()=>{"use strict";W();wn=["health","control","power","today","price","vehicle","cases"],Xt=["commission","survey","diagnose","handover"],es=i=>`custom:utility-han-${i}-card`,ts=()=>{let i=e=>T(document.documentElement.lang||navigator.language,e);window.customStrategies=window.customStrategies??[],window.customStrategies.push({type:"utility-han",strategyType:"dashboard",name:"Utility HAN",description:i("strategy")}),window.customCards=window.customCards??[];for(let e of wn)window.customCards.push({type:`utility-han-${e}-card`,name:`Utility HAN: ${i(e)}`,description:i(`${e}_about`),preview:!0})}});var Ne,Oe,mt,ss,ce,ns,v,is,gt,ft=g(()=>{/**
 * @license
 * Copyright 2019 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */Ne=globalThis,Oe=Ne.ShadowRoot&&(Ne.ShadyCSS===void 0||Ne.ShadyCSS.nativeShadow)&&"adoptedStyleSheets"in Document.prototype&&"replace"in CSSStyleSheet.prototype,mt=Symbol(),ss=new WeakMap,ce=class{constructor(e,t,s){if(this._$cssResult$=!0,s!==mt)throw Error("CSSResult is not constructable. Use `unsafeCSS` or `css` instead.");this.cssText=e,this.t=t}get styleSheet(){let e=this.o,t=this.t;if(Oe&&e===void 0){let s=t!==void 0&&t.length===1;s&&(e=ss.get(t)),e===void 0&&((this.o=e=new CSSStyleSheet).replaceSync(this.cssText),s&&ss.set(t,e))}return e}toString(){return this.cssText}},ns=i=>new ce(typeof i=="string"?i:i+"",void 0,mt),v=(i,...e)=>{let t=i.length===1?i[0]:e.reduce((s,n,r)=>s+(o=>{if(o._$cssResult$===!0)return o.cssText;if(typeof o=="number")return o;throw Error("Value passed to 'css' function must be a 'css' function result: "+o+". Use 'unsafeCSS' to pass non-literal values, but take care to ensure page security.")})(n)+i[r+1],i[0]);return new ce(t,i,mt)},is=(i,e)=>{if(Oe)i.adoptedStyleSheets=e.map(t=>t instanceof CSSStyleSheet?t:t.styleSheet);else for(let t of e){let s=document.createElement("style"),n=Ne.litNonce;n!==void 0&&s.setAttribute("nonce",n),s.textContent=t.cssText,i.appendChild(s)}},gt=Oe?i=>i:i=>i instanceof CSSStyleSheet?(e=>{let t="";for(let s of e.cssRules)t+=s.cssText;return ns(t)})(i):i});var $n,xn,kn,An,Sn,Tn,Me,rs,En,Rn,ue,yt,as,os,z,He=g(()=>{ft();ft();/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */({is:$n,defineProperty:xn,getOwnPropertyDescriptor:kn,getOwnPropertyNames:An,getOwnPropertySymbols:Sn,getPrototypeOf:Tn}=Object),Me=globalThis,rs=Me.trustedTypes,En=rs?rs.emptyScript:"",Rn=Me.reactiveElementPolyfillSupport,ue=(i,e)=>i,yt={toAttribute(i,e){switch(e){case Boolean:i=i?En:null;break;case Object:case Array:i=i==null?i:JSON.stringify(i)}return i},fromAttribute(i,e){let t=i;switch(e){case Boolean:t=i!==null;break;case Number:t=i===null?null:Number(i);break;case Object:case Array:try{t=JSON.parse(i)}catch{t=null}}return t}},as=(i,e)=>!$n(i,e),os={attribute:!0,type:String,converter:yt,reflect:!1,useDefault:!1,hasChanged:as};Symbol.metadata??=Symbol("metadata"),Me.litPropertyMetadata??=new WeakMap;z=class extends HTMLElement{static addInitializer(e){this._$Ei(),(this.l??=[]).push(e)}static get observedAttributes(){return this.finalize(),this._$Eh&&[...this._$Eh.keys()]}static createProperty(e,t=os){if(t.state&&(t.attribute=!1),this._$Ei(),this.prototype.hasOwnProperty(e)&&((t=Object.create(t)).wrapped=!0),this.elementProperties.set(e,t),!t.noAccessor){let s=Symbol(),n=this.getPropertyDescriptor(e,s,t);n!==void 0&&xn(this.prototype,e,n)}}static getPropertyDescriptor(e,t,s){let{get:n,set:r}=kn(this.prototype,e)??{get(){return this[t]},set(o){this[t]=o}};return{get:n,set(o){let d=n?.call(this);r?.call(this,o),this.requestUpdate(e,d,s)},configurable:!0,enumerable:!0}}static getPropertyOptions(e){return this.elementProperties.get(e)??os}static _$Ei(){if(this.hasOwnProperty(ue("elementProperties")))return;let e=Tn(this);e.finalize(),e.l!==void 0&&(this.l=[...e.l]),this.elementProperties=new Map(e.elementProperties)}static finalize(){if(this.hasOwnProperty(ue("finalized")))return;if(this.finalized=!0,this._$Ei(),this.hasOwnProperty(ue("properties"))){let t=this.properties,s=[...An(t),...Sn(t)];for(let n of s)this.createProperty(n,t[n])}let e=this[Symbol.metadata];if(e!==null){let t=litPropertyMetadata.get(e);if(t!==void 0)for(let[s,n]of t)this.elementProperties.set(s,n)}this._$Eh=new Map;for(let[t,s]of this.elementProperties){let n=this._$Eu(t,s);n!==void 0&&this._$Eh.set(n,t)}this.elementStyles=this.finalizeStyles(this.styles)}static finalizeStyles(e){let t=[];if(Array.isArray(e)){let s=new Set(e.flat(1/0).reverse());for(let n of s)t.unshift(gt(n))}else e!==void 0&&t.push(gt(e));return t}static _$Eu(e,t){let s=t.attribute;return s===!1?void 0:typeof s=="string"?s:typeof e=="string"?e.toLowerCase():void 0}constructor(){super(),this._$Ep=void 0,this.isUpdatePending=!1,this.hasUpdated=!1,this._$Em=null,this._$Ev()}_$Ev(){this._$ES=new Promise(e=>this.enableUpdating=e),this._$AL=new Map,this._$E_(),this.requestUpdate(),this.constructor.l?.forEach(e=>e(this))}addController(e){(this._$EO??=new Set).add(e),this.renderRoot!==void 0&&this.isConnected&&e.hostConnected?.()}removeController(e){this._$EO?.delete(e)}_$E_(){let e=new Map,t=this.constructor.elementProperties;for(let s of t.keys())this.hasOwnProperty(s)&&(e.set(s,this[s]),delete this[s]);e.size>0&&(this._$Ep=e)}createRenderRoot(){let e=this.shadowRoot??this.attachShadow(this.constructor.shadowRootOptions);return is(e,this.constructor.elementStyles),e}connectedCallback(){this.renderRoot??=this.createRenderRoot(),this.enableUpdating(!0),this._$EO?.forEach(e=>e.hostConnected?.())}enableUpdating(e){}disconnectedCallback(){this._$EO?.forEach(e=>e.hostDisconnected?.())}attributeChangedCallback(e,t,s){this._$AK(e,s)}_$ET(e,t){let s=this.constructor.elementProperties.get(e),n=this.constructor._$Eu(e,s);if(n!==void 0&&s.reflect===!0){let r=(s.converter?.toAttribute!==void 0?s.converter:yt).toAttribute(t,s.type);this._$Em=e,r==null?this.removeAttribute(n):this.setAttribute(n,r),this._$Em=null}}_$AK(e,t){let s=this.constructor,n=s._$Eh.get(e);if(n!==void 0&&this._$Em!==n){let r=s.getPropertyOptions(n),o=typeof r.converter=="function"?{fromAttribute:r.converter}:r.converter?.fromAttribute!==void 0?r.converter:yt;this._$Em=n;let d=o.fromAttribute(t,r.type);this[n]=d??this._$Ej?.get(n)??d,this._$Em=null}}requestUpdate(e,t,s,n=!1,r){if(e!==void 0){let o=this.constructor;if(n===!1&&(r=this[e]),s??=o.getPropertyOptions(e),!((s.hasChanged??as)(r,t)||s.useDefault&&s.reflect&&r===this._$Ej?.get(e)&&!this.hasAttribute(o._$Eu(e,s))))return;this.C(e,t,s)}this.isUpdatePending===!1&&(this._$ES=this._$EP())}C(e,t,{useDefault:s,reflect:n,wrapped:r},o){s&&!(this._$Ej??=new Map).has(e)&&(this._$Ej.set(e,o??t??this[e]),r!==!0||o!==void 0)||(this._$AL.has(e)||(this.hasUpdated||s||(t=void 0),this._$AL.set(e,t)),n===!0&&this._$Em!==e&&(this._$Eq??=new Set).add(e))}async _$EP(){this.isUpdatePending=!0;try{await this._$ES}catch(t){Promise.reject(t)}let e=this.scheduleUpdate();return e!=null&&await e,!this.isUpdatePending}scheduleUpdate(){return this.performUpdate()}performUpdate(){if(!this.isUpdatePending)return;if(!this.hasUpdated){if(this.renderRoot??=this.createRenderRoot(),this._$Ep){for(let[n,r]of this._$Ep)this[n]=r;this._$Ep=void 0}let s=this.constructor.elementProperties;if(s.size>0)for(let[n,r]of s){let{wrapped:o}=r,d=this[n];o!==!0||this._$AL.has(n)||d===void 0||this.C(n,void 0,r,d)}}let e=!1,t=this._$AL;try{e=this.shouldUpdate(t),e?(this.willUpdate(t),this._$EO?.forEach(s=>s.hostUpdate?.()),this.update(t)):this._$EM()}catch(s){throw e=!1,this._$EM(),s}e&&this._$AE(t)}willUpdate(e){}_$AE(e){this._$EO?.forEach(t=>t.hostUpdated?.()),this.hasUpdated||(this.hasUpdated=!0,this.firstUpdated(e)),this.updated(e)}_$EM(){this._$AL=new Map,this.isUpdatePending=!1}get updateComplete(){return this.getUpdateComplete()}getUpdateComplete(){return this._$ES}shouldUpdate(e){return!0}update(e){this._$Eq&&=this._$Eq.forEach(t=>this._$ET(t,this[t])),this._$EM()}updated(e){}firstUpdated(e){}};z.elementStyles=[],z.shadowRootOptions={mode:"open"},z[ue("elementProperties")]=new Map,z[ue("finalized")]=new Map,Rn?.({ReactiveElement:z}),(Me.reactiveElementVersions??=[]).push("2.1.2")});function _s(i,e){if(!At(i)||!i.hasOwnProperty("raw"))throw Error("invalid template strings array");return ls!==void 0?ls.createHTML(e):e}function ee(i,e,t=i,s){if(e===G)return e;let n=s!==void 0?t._$Co?.[s]:t._$Cl,r=me(e)?void 0:e._$litDirective$;return n?.constructor!==r&&(n?._$AO?.(!1),r===void 0?n=void 0:(n=new r(i),n._$AT(i,t,s)),s!==void 0?(t._$Co??=[])[s]=n:t._$Cl=n),n!==void 0&&(e=ee(i,n._$AS(i,e.values),n,s)),e}var kt,ds,qe,ls,gs,L,fs,Cn,B,pe,me,At,Dn,_t,he,cs,us,F,hs,ps,ys,St,a,ye,Ji,G,k,ms,V,Pn,ge,vt,fe,te,bt,wt,$t,xt,Nn,vs,je=g(()=>{/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */kt=globalThis,ds=i=>i,qe=kt.trustedTypes,ls=qe?qe.createPolicy("lit-html",{createHTML:i=>i}):void 0,gs="$lit$",L=`lit$${Math.random().toFixed(9).slice(2)}$`,fs="?"+L,Cn=`<${fs}>`,B=document,pe=()=>B.createComment(""),me=i=>i===null||typeof i!="object"&&typeof i!="function",At=Array.isArray,Dn=i=>At(i)||typeof i?.[Symbol.iterator]=="function",_t=`[ 	
\f\r]`,he=/<(?:(!--|\/[^a-zA-Z])|(\/?[a-zA-Z][^>\s]*)|(\/?$))/g,cs=/-->/g,us=/>/g,F=RegExp(`>|${_t}(?:([^\\s"'>=/]+)(${_t}*=${_t}*(?:[^ 	
\f\r"'\`<>=]|("|')|))|$)`,"g"),hs=/'/g,ps=/"/g,ys=/^(?:script|style|textarea|title)$/i,St=i=>(e,...t)=>({_$litType$:i,strings:e,values:t}),a=St(1),ye=St(2),Ji=St(3),G=Symbol.for("lit-noChange"),k=Symbol.for("lit-nothing"),ms=new WeakMap,V=B.createTreeWalker(B,129);Pn=(i,e)=>{let t=i.length-1,s=[],n,r=e===2?"<svg>":e===3?"<math>":"",o=he;for(let d=0;d<t;d++){let l=i[d],c,u,h=-1,p=0;for(;p<l.length&&(o.lastIndex=p,u=o.exec(l),u!==null);)p=o.lastIndex,o===he?u[1]==="!--"?o=cs:u[1]!==void 0?o=us:u[2]!==void 0?(ys.test(u[2])&&(n=RegExp("</"+u[2],"g")),o=F):u[3]!==void 0&&(o=F):o===F?u[0]===">"?(o=n??he,h=-1):u[1]===void 0?h=-2:(h=o.lastIndex-u[2].length,c=u[1],o=u[3]===void 0?F:u[3]==='"'?ps:hs):o===ps||o===hs?o=F:o===cs||o===us?o=he:(o=F,n=void 0);let m=o===F&&i[d+1].startsWith("/>")?" ":"";r+=o===he?l+Cn:h>=0?(s.push(c),l.slice(0,h)+gs+l.slice(h)+L+m):l+L+(h===-2?d:m)}return[_s(i,r+(i[t]||"<?>")+(e===2?"</svg>":e===3?"</math>":"")),s]},ge=class i{constructor({strings:e,_$litType$:t},s){let n;this.parts=[];let r=0,o=0,d=e.length-1,l=this.parts,[c,u]=Pn(e,t);if(this.el=i.createElement(c,s),V.currentNode=this.el.content,t===2||t===3){let h=this.el.content.firstChild;h.replaceWith(...h.childNodes)}for(;(n=V.nextNode())!==null&&l.length<d;){if(n.nodeType===1){if(n.hasAttributes())for(let h of n.getAttributeNames())if(h.endsWith(gs)){let p=u[o++],m=n.getAttribute(h).split(L),_=/([.?@])?(.*)/.exec(p);l.push({type:1,index:r,name:_[2],strings:m,ctor:_[1]==="."?bt:_[1]==="?"?wt:_[1]==="@"?$t:te}),n.removeAttribute(h)}else h.startsWith(L)&&(l.push({type:6,index:r}),n.removeAttribute(h));if(ys.test(n.tagName)){let h=n.textContent.split(L),p=h.length-1;if(p>0){n.textContent=qe?qe.emptyScript:"";for(let m=0;m<p;m++)n.append(h[m],pe()),V.nextNode(),l.push({type:2,index:++r});n.append(h[p],pe())}}}else if(n.nodeType===8)if(n.data===fs)l.push({type:2,index:r});else{let h=-1;for(;(h=n.data.indexOf(L,h+1))!==-1;)l.push({type:7,index:r}),h+=L.length-1}r++}}static createElement(e,t){let s=B.createElement("template");return s.innerHTML=e,s}};vt=class{constructor(e,t){this._$AV=[],this._$AN=void 0,this._$AD=e,this._$AM=t}get parentNode(){return this._$AM.parentNode}get _$AU(){return this._$AM._$AU}u(e){let{el:{content:t},parts:s}=this._$AD,n=(e?.creationScope??B).importNode(t,!0);V.currentNode=n;let r=V.nextNode(),o=0,d=0,l=s[0];for(;l!==void 0;){if(o===l.index){let c;l.type===2?c=new fe(r,r.nextSibling,this,e):l.type===1?c=new l.ctor(r,l.name,l.strings,this,e):l.type===6&&(c=new xt(r,this,e)),this._$AV.push(c),l=s[++d]}o!==l?.index&&(r=V.nextNode(),o++)}return V.currentNode=B,n}p(e){let t=0;for(let s of this._$AV)s!==void 0&&(s.strings!==void 0?(s._$AI(e,s,t),t+=s.strings.length-2):s._$AI(e[t])),t++}},fe=class i{get _$AU(){return this._$AM?._$AU??this._$Cv}constructor(e,t,s,n){this.type=2,this._$AH=k,this._$AN=void 0,this._$AA=e,this._$AB=t,this._$AM=s,this.options=n,this._$Cv=n?.isConnected??!0}get parentNode(){let e=this._$AA.parentNode,t=this._$AM;return t!==void 0&&e?.nodeType===11&&(e=t.parentNode),e}get startNode(){return this._$AA}get endNode(){return this._$AB}_$AI(e,t=this){e=ee(this,e,t),me(e)?e===k||e==null||e===""?(this._$AH!==k&&this._$AR(),this._$AH=k):e!==this._$AH&&e!==G&&this._(e):e._$litType$!==void 0?this.$(e):e.nodeType!==void 0?this.T(e):Dn(e)?this.k(e):this._(e)}O(e){return this._$AA.parentNode.insertBefore(e,this._$AB)}T(e){this._$AH!==e&&(this._$AR(),this._$AH=this.O(e))}_(e){this._$AH!==k&&me(this._$AH)?this._$AA.nextSibling.data=e:this.T(B.createTextNode(e)),this._$AH=e}$(e){let{values:t,_$litType$:s}=e,n=typeof s=="number"?this._$AC(e):(s.el===void 0&&(s.el=ge.createElement(_s(s.h,s.h[0]),this.options)),s);if(this._$AH?._$AD===n)this._$AH.p(t);else{let r=new vt(n,this),o=r.u(this.options);r.p(t),this.T(o),this._$AH=r}}_$AC(e){let t=ms.get(e.strings);return t===void 0&&ms.set(e.strings,t=new ge(e)),t}k(e){At(this._$AH)||(this._$AH=[],this._$AR());let t=this._$AH,s,n=0;for(let r of e)n===t.length?t.push(s=new i(this.O(pe()),this.O(pe()),this,this.options)):s=t[n],s._$AI(r),n++;n<t.length&&(this._$AR(s&&s._$AB.nextSibling,n),t.length=n)}_$AR(e=this._$AA.nextSibling,t){for(this._$AP?.(!1,!0,t);e!==this._$AB;){let s=ds(e).nextSibling;ds(e).remove(),e=s}}setConnected(e){this._$AM===void 0&&(this._$Cv=e,this._$AP?.(e))}},te=class{get tagName(){return this.element.tagName}get _$AU(){return this._$AM._$AU}constructor(e,t,s,n,r){this.type=1,this._$AH=k,this._$AN=void 0,this.element=e,this.name=t,this._$AM=n,this.options=r,s.length>2||s[0]!==""||s[1]!==""?(this._$AH=Array(s.length-1).fill(new String),this.strings=s):this._$AH=k}_$AI(e,t=this,s,n){let r=this.strings,o=!1;if(r===void 0)e=ee(this,e,t,0),o=!me(e)||e!==this._$AH&&e!==G,o&&(this._$AH=e);else{let d=e,l,c;for(e=r[0],l=0;l<r.length-1;l++)c=ee(this,d[s+l],t,l),c===G&&(c=this._$AH[l]),o||=!me(c)||c!==this._$AH[l],c===k?e=k:e!==k&&(e+=(c??"")+r[l+1]),this._$AH[l]=c}o&&!n&&this.j(e)}j(e){e===k?this.element.removeAttribute(this.name):this.element.setAttribute(this.name,e??"")}},bt=class extends te{constructor(){super(...arguments),this.type=3}j(e){this.element[this.name]=e===k?void 0:e}},wt=class extends te{constructor(){super(...arguments),this.type=4}j(e){this.element.toggleAttribute(this.name,!!e&&e!==k)}},$t=class extends te{constructor(e,t,s,n,r){super(e,t,s,n,r),this.type=5}_$AI(e,t=this){if((e=ee(this,e,t,0)??k)===G)return;let s=this._$AH,n=e===k&&s!==k||e.capture!==s.capture||e.once!==s.once||e.passive!==s.passive,r=e!==k&&(s===k||n);n&&this.element.removeEventListener(this.name,this,s),r&&this.element.addEventListener(this.name,this,e),this._$AH=e}handleEvent(e){typeof this._$AH=="function"?this._$AH.call(this.options?.host??this.element,e):this._$AH.handleEvent(e)}},xt=class{constructor(e,t,s){this.element=e,this.type=6,this._$AN=void 0,this._$AM=t,this.options=s}get _$AU(){return this._$AM._$AU}_$AI(e){ee(this,e)}},Nn=kt.litHtmlPolyfillSupport;Nn?.(ge,fe),(kt.litHtmlVersions??=[]).push("3.3.3");vs=(i,e,t)=>{let s=t?.renderBefore??e,n=s._$litPart$;if(n===void 0){let r=t?.renderBefore??null;s._$litPart$=n=new fe(e.insertBefore(pe(),r),r,void 0,t??{})}return n._$AI(i),n}});var Tt,P,On,bs=g(()=>{He();He();je();je();/**
 * @license
 * Copyright 2017 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */Tt=globalThis,P=class extends z{constructor(){super(...arguments),this.renderOptions={host:this},this._$Do=void 0}createRenderRoot(){let e=super.createRenderRoot();return this.renderOptions.renderBefore??=e.firstChild,e}update(e){let t=this.render();this.hasUpdated||(this.renderOptions.isConnected=this.isConnected),super.update(e),this._$Do=vs(t,this.renderRoot,this.renderOptions)}connectedCallback(){super.connectedCallback(),this._$Do?.setConnected(!0)}disconnectedCallback(){super.disconnectedCallback(),this._$Do?.setConnected(!1)}render(){return G}};P._$litElement$=!0,P.finalized=!0,Tt.litElementHydrateSupport?.({LitElement:P});On=Tt.litElementPolyfillSupport;On?.({LitElement:P});(Tt.litElementVersions??=[]).push("4.2.2")});var ws=g(()=>{/**
 * @license
 * Copyright 2022 Google LLC
 * SPDX-License-Identifier: BSD-3-Clause
 */});var S=g(()=>{He();je();bs();ws()});var Mn,Et,Rt,Hn,qn,se,ze=g(()=>{"use strict";W();Mn=3,Et=i=>{let e=i;return e?.message===void 0&&e?.error?e.error:e},Rt=i=>Et(i)?.code===Mn,Hn=i=>Et(i)?.code==="unauthorized",qn=async(i,e)=>{let{translation_domain:t,translation_key:s,translation_placeholders:n}=e??{};return typeof t!="string"||typeof s!="string"?void 0:(await i.loadBackendTranslation("exceptions",t).catch(()=>{}))?.(`component.${t}.exceptions.${s}.message`,n??void 0)},se=async(i,e)=>{if(Rt(e))return T(i.locale.language,"connection_lost");if(Hn(e))return T(i.locale.language,"not_allowed");let t=Et(e),s=await qn(i,t);return s||(typeof t?.message=="string"?t.message:String(e))}});var Ie,ne,ie,K=g(()=>{"use strict";S();Ie=v`
  display: flex;
  flex-direction: column;
  gap: 8px;
  border-top: 1px solid var(--divider-color);
  padding-top: 12px;
`,ne=v`
  content: "";
  display: inline-block;
  width: 10px;
  height: 10px;
  margin-inline-end: 8px;
  border-radius: 50%;
`,ie=v`
  :host {
    display: block;
    height: 100%;
  }
  ha-card {
    box-sizing: border-box;
    height: 100%;
    padding: 16px;
    display: flex;
    flex-direction: column;
    gap: 12px;
    color: var(--primary-text-color);
    overflow-wrap: anywhere;
  }
  h2 {
    margin: 0;
    font-size: var(--ha-font-size-l, 16px);
    font-weight: var(--ha-font-weight-medium, 500);
    line-height: 1.4;
  }
  p {
    margin: 0;
  }
  [hidden] {
    display: none !important;
  }
  .quiet {
    color: var(--secondary-text-color);
  }
  .rows,
  .list {
    display: flex;
    flex-direction: column;
    gap: 12px;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .line {
    display: flex;
    flex-wrap: wrap;
    align-items: baseline;
    justify-content: space-between;
    gap: 4px 12px;
  }
  .figures {
    display: flex;
    flex-wrap: wrap;
    gap: 12px 24px;
    margin: 0;
  }
  .figures dt {
    color: var(--secondary-text-color);
    font-size: var(--ha-font-size-s, 12px);
  }
  .figures dd {
    margin: 0;
    font-size: var(--ha-font-size-xl, 20px);
  }
  .buttons {
    --utility-han-acting: contents;
    display: flex;
    flex-wrap: wrap;
    gap: 8px;
  }
  a {
    color: var(--primary-text-color);
    text-underline-offset: 3px;
  }
  button,
  a.button {
    box-sizing: border-box;
    min-height: var(--utility-han-touch, 40px);
    padding: 8px 16px;
    border: 1px solid color-mix(in srgb, var(--primary-color) 55%, transparent);
    border-radius: var(--ha-border-radius-pill, 20px);
    background: color-mix(in srgb, var(--primary-color) 14%, transparent);
    color: var(--primary-text-color);
    font: inherit;
    text-decoration: none;
    cursor: pointer;
  }
  button.plain {
    border: none;
    background: none;
    padding: 0;
    min-height: 0;
    border-radius: 4px;
    text-align: start;
  }
  .line button.plain {
    text-decoration: underline dotted;
    text-underline-offset: 3px;
  }
  button[disabled] {
    opacity: 0.6;
    cursor: default;
  }
  :focus-visible {
    outline: 2px solid var(--primary-color);
    outline-offset: 2px;
  }
  .failed {
    border-inline-start: 4px solid var(--error-color);
    padding-inline-start: 8px;
  }
  @media (prefers-reduced-motion: no-preference) {
    .eased {
      transition: all 0.5s ease;
    }
  }
`});var Le,$s=g(()=>{"use strict";S();ze();K();W();Le=class extends P{static{this.styles=[ie,v`
      /* Among other buttons (.buttons) all of this is laid out with them: they keep their places, and below them all
         is what is asked, under way or told. */
      :host {
        display: var(--utility-han-acting, block);
        height: auto;
      }
      div {
        display: var(--utility-han-acting, flex);
        flex-wrap: wrap;
        align-items: center;
        gap: 8px;
      }
      button {
        flex: var(--utility-han-flex, 0 1 auto);
      }
      p,
      .answer {
        order: 1;
      }
      p {
        flex-basis: 100%;
      }
      ha-spinner {
        vertical-align: middle;
        margin-inline-end: 8px;
      }
    `]}static{this.properties={hass:{attribute:!1},act:{attribute:!1},label:{},about:{},asOf:{attribute:!1},question:{},yes:{},busy:{},stage:{state:!0},why:{state:!0}}}constructor(){super(),this.stage="idle",this.why=""}willUpdate(e){e.has("asOf")&&this.stage!=="busy"&&(this.why="")}render(){return a`<div>
      ${this.#s()} ${this.stage==="asking"?this.#t():""}
      <p role="status" ?hidden=${this.stage!=="busy"}>
        ${this.stage==="busy"?a`<ha-spinner size="tiny" aria-hidden="true"></ha-spinner>${this.busy??this.#e("busy")}`:""}
      </p>
      ${this.why?a`<p class="failed" role="alert">${this.why}</p>`:""}
    </div>`}#e(e,t){return T(this.hass.locale.language,e,t)}#s(){let e=this.about?`${this.label}: ${this.about}`:this.label;return a`<button
      aria-label=${e}
      ?disabled=${this.stage==="busy"}
      aria-expanded=${this.question?this.stage==="asking":k}
      @click=${()=>this.stage==="asking"?this.#i():this.question?this.#n():this.#o()}
    >
      ${this.label}
    </button>`}#t(){return a`<p id="question">${this.question}</p>
      <button class="answer yes" aria-describedby="question" @click=${()=>this.#o()}>${this.yes}</button>
      <button class="answer no" @click=${()=>this.#i()}>${this.#e("no")}</button>`}async#n(){this.stage="asking",this.why="",await this.#r(".yes")}async#i(){this.stage="idle",await this.#r("button")}async#r(e){await this.updateComplete,this.renderRoot.querySelector(e)?.focus()}async#o(){let e=this.stage==="asking";this.stage="busy",this.why="";try{await this.act()}catch(t){let s=Rt(t);this.why=this.#e(s?"maybe_done":"failed",{why:await se(this.hass,t)})}this.stage="idle",e&&document.activeElement===document.body&&await this.#r("button")}}});var jn,zn,ks,_e,E,ve,Fe,Y,N,oe,xs,In,As,ae,Ln,Ss,A,Z,re,Ue,Ts,We,Es,be,we,q=g(()=>{"use strict";jn={comma_decimal:["en-US","en"],decimal_comma:["de","es","it"],space_comma:["fr","sv","cs"],quote_decimal:["de-CH"]},zn=i=>{let{number_format:e,language:t}=i.locale;return e==="system"?void 0:jn[e]??t},ks=(i,e,t)=>new Intl.NumberFormat(zn(i),{...t,useGrouping:i.locale.number_format!=="none"}).format(e),_e=(i,e,t,s=t)=>ks(i,e,{minimumFractionDigits:s,maximumFractionDigits:t}),E=(i,e,t,s,n=s)=>`${_e(i,e,s,n)} ${t}`,ve=(i,e,t)=>{try{return ks(i,e,{style:"currency",currency:t})}catch{return E(i,e,t,2)}},Fe=(i,e,t)=>E(i,e,t,4,2),Y=(i,e)=>Math.abs(e)<1e3?E(i,e,"W",0):E(i,e/1e3,"kW",2,1),N=(i,e)=>E(i,e,"kWh",2),oe=i=>{let e=Intl.DateTimeFormat().resolvedOptions().timeZone;return i.locale.time_zone!=="server"&&e&&/^[A-Z]/i.test(e)?e:i.config.time_zone},xs={12:{hour12:!0},24:{hourCycle:"h23"}},In=i=>{let{time_format:e}=i.locale;return e!=="system"?xs[e]??{}:xs[new Intl.DateTimeFormat(void 0,{hour:"numeric"}).resolvedOptions().hour12?"12":"24"]??{}},As=(i,e,t,s)=>new Intl.DateTimeFormat(i.locale.language,{timeZone:t,...In(i),...s}).format(e),ae=(i,e,t=oe(i))=>As(i,e,t,{hour:"numeric",minute:"2-digit"}),Ln=(i,e,t,s)=>{let n={weekday:"short",day:"numeric",month:"short"},r=re(e,s)[0]===re(t,s)[0];return As(i,e,s,r?n:{...n,year:"numeric"})},Ss=(i,e,t)=>We(i,t).getTime()===We(e,t).getTime(),A=(i,e,t,s=oe(i))=>{let n=ae(i,e,s);return Ss(e,t,s)?n:`${Ln(i,e,t,s)}, ${n}`},Z=(i,e,t,s,n=oe(i))=>[A(i,e,s,n),Ss(e,t,n)?ae(i,t,n):A(i,t,e,n)],re=(i,e)=>{let t=new Intl.DateTimeFormat("en-US",{timeZone:e,hourCycle:"h23",year:"numeric",month:"numeric",day:"numeric",hour:"numeric",minute:"numeric",second:"numeric"}).formatToParts(i);return["year","month","day","hour","minute","second"].map(s=>Number(t.find(n=>n.type===s)?.value))},Ue=(i,e)=>{let[t=0,s=1,n=1,r=0,o=0,d=0]=re(i,e);return Date.UTC(t,s-1,n,r,o,d)-Math.floor(i.getTime()/1e3)*1e3},Ts=(i,e)=>Ue(e,oe(i))!==Ue(e,i.config.time_zone),We=(i,e)=>{let[t=0,s=1,n=1]=re(i,e),r=Date.UTC(t,s-1,n),o=new Date(r-Ue(i,e));return new Date(r-Ue(o,e))},Es=(i,e,t)=>{let s=new Date(e.getTime()+i*36e5),n=(be(s,t)-i+36)%24-12;return new Date(s.getTime()-n*36e5)},be=(i,e)=>re(i,e)[3]??0,we=(i,e)=>{let[t=0,s=1]=re(i,e);return`${t}-${String(s).padStart(2,"0")}`}});var w,$e,Rs,O=g(()=>{"use strict";w="utility_han",$e=`/config/integrations/integration/${w}`,Rs=`/config/integrations/dashboard/add?domain=${w}`});var Un,Wn,Fn,xe,Be,ke,Ds,Cs,Vn,Ve,Ae,Bn,Ps,f,Ct,J,M,R,Se,Ge,j,b,U,C=g(()=>{"use strict";O();Un=new Set(["requested","granted","active"]),Wn=["binding","session_energy"],Fn=["registration_state","active_event"],xe=["power_delivered","power_net","power_total","power"],Be="power_received",ke=["energy_delivered","energy_total","energy_net","energy"],Ds=["energy_received"],Cs={gateway:0,device:1,vehicle:2},Vn=i=>Wn.some(e=>e in i)?"vehicle":Fn.some(e=>e in i)?"device":"gateway",Ae=i=>((Ve?.entities!==i.entities||Ve.devices!==i.devices)&&(Ve={entities:i.entities,devices:i.devices,subjects:Bn(i)}),Ve.subjects),Bn=i=>{let e=new Map;for(let s of Object.values(i.entities)){if(s?.platform!==w||s.hidden||!s.device_id)continue;let n=i.devices[s.device_id];if(!n)continue;let r=e.get(n.id)??{device:n,name:n.name_by_user??n.name??"",kind:"gateway",entities:{},all:[]};e.set(n.id,r),r.all.push(s.entity_id),s.translation_key&&(r.entities[s.translation_key]=s.entity_id)}let t=[...e.values()];for(let s of t)s.kind=Vn(s.entities);return t.sort((s,n)=>Cs[s.kind]-Cs[n.kind]||s.name.localeCompare(n.name))},Ps=i=>Object.values(i.devices).some(e=>e?.disabled_by&&e.identifiers?.some(([t])=>t===w)),f=(i,e,t)=>{let s=e.entities[t];return s===void 0?void 0:i.states[s]},Ct=(i,e,t)=>e.all.filter(s=>i.entities[s]?.translation_key===t).map(s=>i.states[s]).filter(R),J=(i,e,...t)=>t.map(s=>f(i,e,s)).find(s=>s&&R(s)),M=(i,...e)=>e.map(t=>i.entities[t]).find(t=>t!==void 0),R=i=>i!==void 0&&i.state!=="unknown"&&i.state!=="unavailable",Se=i=>i!==void 0&&i.state!=="unavailable",Ge=i=>Un.has(i?.attributes.reservation),j=i=>{let e=R(i)&&i.state.trim()!==""?Number(i.state):NaN;return Number.isFinite(e)?e:void 0},b=i=>{let e=typeof i=="string"&&i.includes("-")?new Date(i):void 0;return e&&!Number.isNaN(e.getTime())?e:void 0},U=i=>{let e=i?.attributes.unit_of_measurement;return typeof e=="string"?e:""}});var Dt,Te,Ns,Ke,Ye,Gn,Pt=g(()=>{"use strict";O();Dt={},Ns=i=>i.user?.is_admin===!0,Ke=(i,e,t)=>Ns(i)||Dt[e]?.includes(t)===!0,Ye=i=>{if(Ns(i))return Promise.resolve(!0);if(Te?.of!==i.devices){let e={of:i.devices,answered:Gn(i)};Te=e,e.answered.then(()=>{Te===e&&(Te=void 0)})}return Te.answered},Gn=async i=>{try{return Dt=await i.callWS({type:`${w}/allowed`}),!0}catch{return Dt={},!1}}});var Kn,Yn,y,I=g(()=>{"use strict";S();Pt();O();C();K();W();Kn=3e4,Yn=["entities","devices","areas","locale","config","user","formatEntityState"],y=class extends P{static{this.styles=[ie]}static{this.properties={hass:{attribute:!1},config:{state:!0},now:{state:!0}}}#e;#s;#t=!1;constructor(){super(),this.now=new Date}setConfig(e){this.config=e}static getStubConfig(){return{}}static getConfigForm(){return{schema:[{name:"device_id",selector:{device:{integration:w}}}],computeLabel:()=>T(document.documentElement.lang,"subject")}}getCardSize(){return 3}getGridOptions(){return{columns:12,min_columns:6,rows:"auto"}}connectedCallback(){super.connectedCallback(),this.#e=setInterval(()=>this.now=new Date,Kn)}disconnectedCallback(){clearInterval(this.#e),super.disconnectedCallback()}shouldUpdate(e){if(!e.has("hass")||e.size>1)return!0;let t=e.get("hass");return!t||Yn.some(s=>t[s]!==this.hass[s])?!0:this.everything().some(({all:s})=>s.some(n=>t.states[n]!==this.hass.states[n]))}updated(e){this.hass.user?.is_admin||(this.#s!==this.hass.devices||this.#t&&e.has("now"))&&this.learn()}async learn(){this.#s=this.hass.devices,this.#t=!1,this.#t=!await Ye(this.hass),this.requestUpdate()}may(e,t){return Ke(this.hass,e,t)}everything(){return Ae(this.hass)}about(...e){return Ae(this.hass).filter(({kind:t})=>e.length===0||e.includes(t)).filter(({device:t})=>!this.config.device_id||t.id===this.config.device_id)}say(e,t){return T(this.hass.locale.language,e,t)}render(){return a`<ha-card>${this.content()}</ha-card>`}heading(e){return a`<h2>${e}</h2>`}missing(e,t,s){return t==="no_gateway"&&Ps(this.hass)?this.missing(e,"gateway_disabled","to_integration"):a`${this.heading(this.say(e))}
      <p class="quiet">${this.say(t)}</p>
      ${s&&this.hass.user?.is_admin?a`<div class="buttons"><a class="button" href=${$e}>${this.say(s)}</a></div>`:""}`}more(e){this.dispatchEvent(new CustomEvent("hass-more-info",{detail:{entityId:e},bubbles:!0,composed:!0}))}}});var Ze,Os=g(()=>{"use strict";S();q();C();I();Ze=class extends y{content(){let e=this.about("gateway");if(e.length===0)return this.missing("cases","no_gateway","add_gateway");let t=e.flatMap(n=>{let r=f(this.hass,n,"open_cases")?.attributes.cases;return Array.isArray(r)?r:[]});if(t.length===0)return this.missing("cases","cases_none");let s=n=>b(n.appointment)?.getTime()??1/0;return a`${this.heading(this.say("cases"))}
      <ul class="list">
        ${t.sort((n,r)=>s(n)-s(r)||0).map(n=>this.#e(n))}
      </ul>`}getCardSize(){return 2}#e({device:e,status:t,summary:s,note:n,appointment:r,appointment_end:o}){let[d,l]=[b(r),b(o)],c=this.hass.config.time_zone,u=d&&l?Z(this.hass,d,l,this.now,c).join(" – "):d&&A(this.hass,d,this.now,c);return a`<li>
      <strong>${e}</strong>
      <p>${[s.replace(`${e}: `,""),n].filter(Boolean).join(" — ")}</p>
      <p class="quiet">
        ${u?this.say("appointment",{when:u}):this.say(t==="scheduled"?"case_scheduled":"case_open")}
      </p>
    </li>`}}});var H,Ee=g(()=>{"use strict";S();K();I();H=class extends y{static{this.styles=[...y.styles,v`
      :host {
        --utility-han-touch: 56px;
        --utility-han-flex: 1 1 100%;
      }
      .stack {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      .stack > * {
        width: 100%;
      }
      .chosen {
        background: color-mix(in srgb, var(--primary-color) 40%, transparent);
        border-width: 2px;
      }
      a.button {
        display: flex;
        align-items: center;
        justify-content: center;
        text-align: center;
      }
      fieldset {
        border: none;
        margin: 0;
        padding: 0;
        min-width: 0;
      }
      legend,
      label {
        display: block;
        padding: 0;
        margin-bottom: 8px;
        font-weight: var(--ha-font-weight-medium, 500);
      }
      input,
      select,
      textarea {
        box-sizing: border-box;
        width: 100%;
        min-height: 56px;
        padding: 12px;
        border: 1px solid var(--secondary-text-color);
        border-radius: 8px;
        background: var(--card-background-color);
        color: var(--primary-text-color);
        font: inherit;
      }
      textarea {
        min-height: 88px;
        resize: vertical;
      }
      li {
        ${Ie}
      }
      .mark {
        /* What is longer than a line goes on below the text, not below the dot. */
        padding-inline-start: 18px;
        text-indent: -18px;
      }
      .mark::before {
        ${ne}
        background: var(--mark);
      }
    `]}#e;connectedCallback(){super.connectedCallback(),this.#e=this.kept?.follow(()=>this.requestUpdate())}disconnectedCallback(){this.#e?.(),super.disconnectedCallback()}}});var Je,Ms=g(()=>{"use strict";S();O();C();Ee();Je=class extends H{content(){return a`${this.heading(this.say("step_commission"))}
      <ul class="list">
        ${this.about("gateway").map(e=>this.#s(e))}
      </ul>
      ${this.#e?a`<div class="stack"><a class="button" href=${Rs}>${this.say("new_gateway")}</a></div>
            <p class="quiet">${this.say("commission_hint")}</p>`:""}`}get#e(){return this.hass.user?.is_admin===!0}#s(e){let{name:t,device:s}=e,n=s.primary_config_entry,r=n?`${$e}#config_entry=${n}`:$e,o=this.about("device","vehicle").filter(({device:{primary_config_entry:d}})=>d===n);return a`<li>
      ${[e,...o].map(d=>this.#t(d))}
      ${this.#e?a`<utility-han-numbers .hass=${this.hass} .subjects=${[e,...o]}></utility-han-numbers>`:""}
      ${this.#e?a`<div class="stack">
            <a class="button" href=${r} aria-label="${this.say("new_device")}: ${t}">${this.say("new_device")}</a>
          </div>`:""}
    </li>`}#t(e){let t=J(this.hass,e,"registration_state","binding","commissioning_state");return a`<div class="line">
      ${this.#e?a`<a href="/config/devices/device/${e.device.id}">${e.name}</a>`:a`<span>${e.name}</span>`}
      <span class="quiet">${t?this.hass.formatEntityState(t):""}</span>
    </div>`}}});var Re,Hs,qs,Zn,js,Jn,zs,Is=g(()=>{"use strict";q();Re=(i,e)=>E(i,e,"%",0),Hs=(i,e)=>{let t=i.config.unit_system.temperature;return E(i,t==="°F"?e*1.8:e,t,1,0)},qs=(i,e)=>{let t=i.config.unit_system.temperature;return E(i,t==="°F"?e*1.8+32:e,t,1,0)},Zn=(i,e)=>E(i,e,"kWh",1,0),js=(i,e)=>_e(i,e,0),Jn={duty_cycle:{duty_cycle:Re,load_adjustment:Re},load_limit:{load_adjustment:Re,duty_cycle:Re},power_limit:{target_reduction:Y},temperature_offset:{cooling_offset:Hs,heating_offset:Hs},set_point:{cooling_setpoint:qs,heating_setpoint:qs},charge_state:{charge_state:Re,charge_energy:Zn},load_level:{level:js,level_offset:js}},zs=(i,e,t)=>{let s=t??{};for(let[n,r]of Object.entries(Jn[e]??{})){let o=s[n];if(typeof o=="number")return r(i,o)}return""}});var Qn,Ls,Xn,Nt,ei,Us,Qe,Ot=g(()=>{"use strict";S();Is();q();O();C();I();Qn="none",Ls=["low","normal","high","critical"],Xn={high:"message_high",critical:"message_critical"},Nt="test",ei=i=>R(i)&&i.state!==Qn,Us=({alert:i,priority:e})=>i?Ls.length:Ls.indexOf(e),Qe=class extends y{static{this.styles=[...y.styles,v`
      li.running {
        border-inline-start: 4px solid var(--warning-color);
        padding-inline-start: 12px;
        display: flex;
        flex-direction: column;
        gap: 8px;
      }
      li.message {
        border-inline-start: 4px solid var(--info-color);
        padding-inline-start: 12px;
      }
      li.critical {
        border-color: var(--error-color);
      }
      li.message .buttons {
        margin-block-start: 8px;
      }
      ul + h2 {
        margin-block-start: 12px;
      }
      li.out {
        border-color: var(--disabled-color, var(--secondary-text-color));
      }
      .track {
        height: 6px;
        border-radius: 3px;
        background: var(--divider-color);
        overflow: hidden;
      }
      .track div {
        height: 100%;
        background: var(--warning-color);
      }
    `]}static{this.properties={...y.properties,acknowledged:{state:!0}}}constructor(){super(),this.acknowledged=new Set}content(){let e=this.about("device"),t=this.#e(e.length===0);if(e.length===0)return a`${t} ${this.missing("control","no_devices","add_device")}`;let s=e.filter(n=>ei(f(this.hass,n,"active_event")));return a`${t} ${this.heading(this.say("control"))}
      ${s.length>0?a`<ul class="list">
            ${s.map(n=>this.#i(n))}
          </ul>`:a`<p>${this.say("control_none")}</p>`}
      ${this.#a(e)}`}#e(e){let{hass:t,now:s}=this,n=this.about("gateway").flatMap(o=>Ct(t,o,"messages").map(({attributes:d})=>({gateway:o,attributes:d}))).flatMap(({gateway:o,attributes:{messages:d}})=>Array.isArray(d)?d.map(l=>({...l,gateway:o})):[]).map(o=>({...o,begins:b(o.start),ends:b(o.end)})).filter(({begins:o,ends:d})=>o&&d&&s<d).filter(({instruction:o})=>e||!o).sort((o,d)=>Us(d)-Us(o)||Number(d.begins)-Number(o.begins)),r=this.#s();return n.length+r.length===0?"":a`${this.heading(this.say("messages"))}
    <ul class="list">
      ${n.map(({alert:o,priority:d,originator:l,text:c,ends:u,gateway:h,acknowledge:p})=>{let m=Xn[d],_=o?this.#n(o):m?this.say(m):l,$=u?this.say("control_until",{when:A(t,u,s)}):"";return a`<li class="message ${d==="critical"?"critical":""}">
          <div class="line"><strong>${_}</strong><span>${$}</span></div>
          <p>${[c,o||m?l:""].filter(Boolean).join(" — ")}</p>
          ${this.#t(h,p,c)}
        </li>`})}
      ${r}
    </ul>`}#s(){let e=this.say("price");return this.about("gateway").flatMap(t=>{let[s]=Ct(this.hass,t,"price").map(({attributes:{acknowledge:n}})=>n).filter(n=>typeof n=="string");return!s&&!this.acknowledged.has(`${t.device.id} ${e}`)?[]:[a`<li class="message">
          <p>${this.say("acknowledge_prices")}</p>
          ${this.#t(t,s,e)}
        </li>`]})}#t({device:e},t,s){let n=`${e.id} ${s}`;if(!t)return this.acknowledged.has(n)?a`<p class="quiet" role="status">${this.say("acknowledged")}</p>`:"";if(!this.may(e.id,"messages"))return"";let r=async()=>{await this.hass.callService(w,"acknowledge",{device_id:e.id,message:t},void 0,!1),this.acknowledged=new Set(this.acknowledged).add(n)};return a`<div class="buttons"><utility-han-acting
      .hass=${this.hass}
      .act=${r}
      .label=${this.say("acknowledge")}
      .about=${s}
      .question=${this.say("acknowledge_sure")}
      .yes=${this.say("acknowledge_yes")}
    ></utility-han-acting></div>`}#n(e){return this.hass.localize(`component.${w}.entity.event.message.state_attributes.alert.state.${e}`)}#i(e){let{hass:t}=this,s=f(t,e,"active_event"),{what:n,start:r,end:o,mandatory:d,participating:l}=s.attributes,[c,u]=[b(r),b(o)],h=s.state===Nt,p=zs(t,s.state,n),m=[t.formatEntityState(s),p].filter(Boolean).join(", "),_=u?this.say("control_until",{when:A(t,u,this.now)}):"",$=l===!1;return a`<li class="running ${$?"out":""}">
      <div class="line"><strong>${e.name}</strong><span>${_}</span></div>
      <div class="line"><span>${m}</span>${$?a`<span>${this.say("control_out")}</span>`:""}</div>
      ${c&&u&&!$?this.#r(c,u):""}
      ${d===!0?a`<p>${this.say("control_mandatory")}</p>`:h?"":this.#o(e)}
    </li>`}#r(e,t){let s=(this.now.getTime()-e.getTime())/(t.getTime()-e.getTime());return a`<div class="track" aria-hidden="true">
      <div style="width: ${100*Math.min(1,Math.max(0,s))}%"></div>
    </div>`}#o(e){if(!this.may(e.device.id,"control"))return"";let[t,s]=["opt_out_event","opt_in_event"].map(r=>f(this.hass,e,r)),n=r=>()=>this.hass.callService("button","press",{},{entity_id:r.entity_id},!1);return a`<div class="buttons">${Se(t)?a`<utility-han-acting
          .hass=${this.hass}
          .act=${n(t)}
          .label=${this.say("opt_out")}
          .about=${e.name}
          .question=${this.say("opt_out_sure",{device:e.name})}
          .yes=${this.say("opt_out_yes")}
        ></utility-han-acting>`:""}
    ${Se(s)?a`<utility-han-acting
          .hass=${this.hass}
          .act=${n(s)}
          .label=${this.say("opt_in")}
          .about=${e.name}
        ></utility-han-acting>`:""}</div>`}#a(e){let t=e.map(s=>({device:s,at:b(f(this.hass,s,"next_event")?.state)})).filter(s=>s.at!==void 0).sort((s,n)=>s.at.getTime()-n.at.getTime());return t.length===0?"":a`<ul class="list quiet">
      ${t.map(({device:s,at:n})=>{let r=A(this.hass,n,this.now);return a`<li>${this.say("control_next",{device:s.name,when:r})}</li>`})}
    </ul>`}}});var ti,Ws,si,ni,ii,ri,oi,Fs,Q,Mt=g(()=>{"use strict";S();q();O();C();K();I();ti=["ok","marginal","failing","failed"],Ws=["--success-color","--warning-color","--warning-color","--error-color"],si="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20m-2 15-5-5 1.4-1.4 3.6 3.6 7.6-7.6L19 8z",ni="M13 14h-2V9h2m0 9h-2v-2h2M1 21h22L12 2z",ii="M7.4 8.6 12 13.2l4.6-4.6L18 10l-6 6-6-6z",ri=["resynchronise","re_announce","reregister","correct_enrollment","commission_again","renew_certificate","sign_in","check_device"],oi=i=>ri.includes(i),Fs="nothing_wrong",Q=class extends y{constructor(){super();this.#e=[];this.thorough=!1;this.looking=new Map,this.answered=new Map}static{this.styles=[...y.styles,v`
      ha-card {
        border-inline-start: 6px solid var(--severity);
      }
      button.summary {
        display: flex;
        align-items: center;
        gap: 12px;
        width: 100%;
        font-size: var(--ha-font-size-l, 16px);
        font-weight: var(--ha-font-weight-medium, 500);
        min-height: 32px;
      }
      button.summary span {
        flex: 1;
      }
      svg {
        flex: none;
        width: 24px;
        height: 24px;
        fill: var(--severity);
      }
      svg.chevron {
        fill: var(--secondary-text-color);
      }
      [aria-expanded="true"] svg.chevron {
        transform: rotate(180deg);
      }
      li {
        ${Ie}
      }
      .told {
        order: 1;
        flex: 1 1 100%;
      }
      .dot::before {
        ${ne}
        background: var(--severity);
      }
    `]}static{this.properties={...y.properties,open:{state:!0},looking:{state:!0},answered:{state:!0}}}#e;getCardSize(){return 1}willUpdate(){this.#t().some(({health:t})=>t.state==="failed")&&(this.open??=!0)}updated(t){super.updated(t),t.has("open")&&this.learn()}render(){let t=this.#t(),s=t.length>0?Ws[Math.max(...t.map(({severity:n})=>n))]:"--divider-color";return a`<ha-card style="--severity: var(${s})">${this.content()}</ha-card>`}content(){let t=this.#t();if(t.length===0)return this.missing("health","no_gateway","add_gateway");let s=t.filter(({severity:r})=>r>0),n=s.length===0?this.say("health_ok"):s.length===1?this.say("health_one",{device:s[0]?.subject.name??""}):this.say("health_some",{count:s.length,all:t.length});return a`<button
        class="plain summary"
        aria-expanded=${this.open===!0}
        aria-controls="standings"
        @click=${()=>this.open=!this.open}
      >
        <svg viewBox="0 0 24 24" aria-hidden="true"><path d=${s.length===0?si:ni}></path></svg>
        <span>${n}</span>
        <svg class="chevron" viewBox="0 0 24 24" aria-hidden="true"><path d=${ii}></path></svg>
      </button>
      ${Ts(this.hass,this.now)?a`<p class="quiet">${this.say("elsewhere",{time:this.#s()})}</p>`:""}
      <ul class="list" id="standings" ?hidden=${!this.open}>
        ${this.open?t.map(r=>this.#n(r)):""}
      </ul>`}#s(){let{hass:t,now:s}=this;return A(t,s,s,t.config.time_zone)}list(t){let s=this.#t();if(s.length!==0)return a`${t}
      <ul class="list">
        ${s.map(n=>this.#n(n))}
      </ul>`}#t(){let t=this.open||this.thorough?this.#e:[],s=({subject:r})=>t.indexOf(r.device.id)+1||1/0,n=this.about().map(r=>({subject:r,health:f(this.hass,r,"health")})).filter(r=>R(r.health)).map(r=>({...r,severity:Math.max(0,ti.indexOf(r.health.state))})).sort((r,o)=>o.severity-r.severity).sort((r,o)=>s(r)===s(o)?0:s(r)-s(o));return this.#e=n.map(({subject:r})=>r.device.id),n}#n({subject:t,health:s,severity:n}){let{hass:r}=this,o=b(s.attributes.since),d=n>0?o:void 0,l=s.attributes.reason?r.formatEntityAttributeValue(s,"reason"):"";return a`<li style="--severity: var(${Ws[n]})">
      <div class="line">
        <strong>${t.name}</strong>
        <span class="dot">${r.formatEntityState(s)}</span>
      </div>
      ${l||d?a`<p>
            ${[l,d&&this.say("since",{when:A(r,d,this.now)})].filter(Boolean).join(", ")}
          </p>`:""}
      ${this.#r(t,s,n>0,o)}
    </li>`}#i(t){let s=f(this.hass,t,"last_diagnosis");if(!R(s))return this.answered.get(t.device.id);let n=b(s.attributes.at);return n&&{...s.attributes,verdict:s.state,at:n}}#r(t,s,n,r){let{hass:o}=this,{device:d,name:l}=t,c=this.#i(t),h=c?.at&&r&&r>c.at&&c.verdict===Fs===n?void 0:c,p=h?h.next:n?s.attributes.next:void 0,_=this.looking.get(d.id)??(n||this.thorough?p:void 0),$=c?.at?.getTime();return a`<div class="buttons">
        ${this.looking.has(d.id)?"":this.#a(h,p)}
        ${_&&oi(_)&&this.may(d.id,"repair")?a`<utility-han-acting
              .hass=${o}
              .act=${()=>this.#o(d.id,_)}
              .label=${this.say("repair")}
              .about=${l}
              .asOf=${$}
              .question=${this.say("repair_sure",{what:this.say(`sure_${_}`)})}
              .yes=${this.say("repair_yes")}
              .busy=${this.say("repairing")}
            ></utility-han-acting>`:""}
        ${this.may(d.id,"control")?a`<utility-han-acting
              .hass=${o}
              .act=${()=>this.#o(d.id)}
              .label=${this.say("diagnose")}
              .about=${l}
              .asOf=${$}
              .busy=${this.say("diagnosing")}
            ></utility-han-acting>`:""}
        ${n&&o.user?.is_admin?a`<a class="button" href="/config/devices/device/${d.id}" aria-label="${this.say("details")}: ${l}"
              >${this.say("details")}</a
            >`:""}
      </div>
      ${n&&this.#c(d.id)?a`<p class="quiet">${this.say("diagnose_tells")}</p>`:""}`}async#o(t,s){let n=s?"repair":"diagnose";this.looking=new Map(this.looking).set(t,s);try{let{response:r}=await this.hass.callService(w,n,{device_id:t},void 0,!1,!0);r&&(this.answered=new Map(this.answered).set(t,{...r,at:new Date}))}finally{this.looking=new Map([...this.looking].filter(([r])=>r!==t))}}#a(t,s){let n=t?this.#l(t):"";return!n&&!s?"":a`<div class="told" role="status">
      ${n?a`<p>${n}</p>`:""}
      ${s?a`<p>${this.say("helps",{what:this.#d(`state_attributes.next.state.${s}`)})}</p>`:""}
    </div>`}#l({verdict:t,repair:s,case_closed:n,at:r}){if(!r)return"";let o=A(this.hass,r,this.now),d=this.#d(`state.${t}`),l=s&&this.#d(`state_attributes.repair.state.${s}`),c=l?t===Fs?this.say("repaired",{what:l,when:o}):this.say("not_repaired",{what:d,when:o}):this.say("diagnosed",{what:d,when:o});return n?this.say("case_closed",{text:c}):c}#d(t){return this.hass.localize(`component.${w}.entity.sensor.last_diagnosis.${t}`)}#c(t){return this.may(t,"cases")&&this.everything().some(({entities:s})=>s.open_cases)}}});var Xe,Vs=g(()=>{"use strict";S();Mt();Ee();Xe=class extends Q{constructor(){super(...arguments);this.thorough=!0}static{this.styles=[...H.styles,...Q.styles,v`
      ha-card {
        border-inline-start: var(--ha-card-border-width, 1px) solid var(--ha-card-border-color, var(--divider-color));
      }
      .buttons > * {
        flex: 1 1 100%;
      }
    `]}content(){let t=this.heading(this.say("step_diagnose"));return this.list(t)??this.missing("step_diagnose","no_gateway","add_gateway")}}});var et,Ht=g(()=>{"use strict";et=(i,e,t)=>{let s=document.createElement("a");s.href=i.hassUrl(e),s.download=t,document.body.append(s),s.click(),s.remove()}});var de,qt=g(()=>{"use strict";de=class{#e=new Set;constructor(e){this.now=e}set(e){Object.assign(this.now,e);for(let t of this.#e)t()}follow(e){return this.#e.add(e),()=>this.#e.delete(e)}}});var ai,di,Bs,li,D,tt,Gs=g(()=>{"use strict";S();Ht();O();qt();Ee();ai={well:"--success-color",unwell:"--error-color"},di="--disabled-color",Bs="utility-han-handover",li=()=>{let i={installer:"",notes:""};try{return{...i,...JSON.parse(sessionStorage.getItem(Bs)??"{}")}}catch{return i}},D=new de({typed:li()}),tt=class extends H{constructor(){super(...arguments);this.kept=D;this.#s=t=>{let{id:s,value:n}=t.target;D.set({typed:{...D.now.typed,[s]:n}});try{sessionStorage.setItem(Bs,JSON.stringify(D.now.typed))}catch{}}}static{this.styles=[...H.styles,v`
      article {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      article {
        /* Home Assistant's own bar stays on top of what is scrolled to, and what hands it on is seen too. */
        scroll-margin-top: calc(var(--header-height, 56px) + 2 * var(--utility-han-touch) + 32px);
      }
      h3,
      h4 {
        margin: 0;
        font-size: inherit;
      }
      section {
        border-inline-start: 4px solid var(--mark);
        padding-inline-start: 12px;
      }
      dl {
        display: grid;
        grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
        gap: 4px 12px;
        margin: 8px 0 0;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        margin: 0;
        white-space: pre-line;
      }
      .row {
        margin-top: 8px;
      }
      .notes {
        white-space: pre-line;
      }
    `]}content(){let t=this.about("gateway"),s=t.find(({device:n})=>n.id===D.now.chosen)??t[0];return s?a`${this.heading(this.say("step_handover"))}
      <p class="quiet">${this.say("handover_hint")}</p>
      ${this.may(s.device.id,"administer")?this.#e(t,s):""}
      ${D.now.made?this.#i(D.now.made):""}`:this.missing("step_handover","no_gateway","add_gateway")}#e(t,s){return a`${t.length>1?a`<div>
            <label for="gateway">${this.say("handover_gateway")}</label>
            <select id="gateway" @change=${n=>D.set({chosen:n.target.value})}>
              ${t.map(({device:n,name:r})=>a`<option value=${n.id} ?selected=${n.id===s.device.id}>${r}</option>`)}
            </select>
          </div>`:""}
      <div>
        <label for="installer">${this.say("handover_name")}</label>
        <input id="installer" maxlength="100" autocomplete="name" .value=${D.now.typed.installer} @input=${this.#s} />
      </div>
      <div>
        <label for="notes">${this.say("handover_notes")}</label>
        <textarea id="notes" maxlength="2000" .value=${D.now.typed.notes} @input=${this.#s}></textarea>
      </div>
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${()=>this.#t(s.device.id)}
          .label=${this.say("handover_make")}
          .busy=${this.say("handover_making")}
        ></utility-han-acting>
      </div>`}#s;async#t(t){let{hass:s}=this,n={device_id:t,language:s.locale.language,...D.now.typed},{response:r}=await s.callService(w,"get_handover_report",n,void 0,!1,!0);if(D.set({made:r,file:void 0}),await this.updateComplete,this.renderRoot.querySelector("article")?.scrollIntoView(),!r||!navigator.canShare)return;let o=await fetch(s.hassUrl(r.url));if(!o.ok)throw new Error(o.statusText);let d=new File([await o.blob()],r.name,{type:"application/pdf"});navigator.canShare({files:[d]})&&D.set({file:d})}async#n(t,s){try{await navigator.share({files:[t],title:s})}catch(n){if(n.name!=="AbortError")throw n}}#i({report:t,url:s,name:n}){let{file:r}=D.now;return a`<div class="stack">
        ${r?a`<utility-han-acting
              .hass=${this.hass}
              .act=${()=>this.#n(r,t.title)}
              .label=${this.say("share")}
            ></utility-han-acting>`:""}
        <button @click=${()=>et(this.hass,s,n)}>${this.say("download")}</button>
      </div>
      <article aria-label=${t.title}>
        <div>
          <h3>${t.title}</h3>
          <p class="quiet">${t.subtitle}</p>
          ${this.#o(t.facts)}
        </div>
        ${t.installed.map(o=>this.#r(o))}
        <h3>${t.cases_title}</h3>
        ${t.cases.length>0?t.cases.map(o=>this.#r(o)):a`<p class="quiet">${t.cases_none}</p>`}
        ${t.notes?a`<h3>${t.notes_title}</h3>
              <p class="notes">${t.notes}</p>`:""}
        <p class="quiet">${t.explained}</p>
      </article>`}#r({title:t,about:s,mark:n,standing:r,facts:o,heads:d,rows:l}){return a`<section style="--mark: var(${ai[n]??di})">
      <h4>${t}</h4>
      <p class="quiet">${s}</p>
      <p class="mark">${r}</p>
      ${this.#o(o)}
      ${l.map(([c,...u])=>{let h=u.map((p,m)=>p==="–"?"":`${d[m+1]??""}: ${p}`);return a`<p class="row"><strong>${c}</strong> · ${h.filter(Boolean).join(" · ")}</p>`})}
    </section>`}#o(t){return a`<dl>
      ${t.map(({name:s,value:n})=>a`<dt>${s}</dt><dd>${n}</dd>`)}
    </dl>`}}});var st,Ks,Ys,ci,jt=g(()=>{"use strict";st=(i,e,t,s,n,r={})=>i.callWS({type:"recorder/statistics_during_period",start_time:t.toISOString(),statistic_ids:e,period:s,types:n,units:r}),Ks=(i=[],e=[])=>[...i,...e.filter(t=>!i.some(s=>s.start<=t.start&&t.start<s.end))],Ys=(i,e,t)=>{let s={total:0,hours:new Array(24).fill(0),cost:void 0,unpriced:0};for(let n of i){let{start:r,change:o}=n;if(typeof o!="number"||o===0)continue;s.total+=o;let d=t(r);s.hours[d]=(s.hours[d]??0)+o;let l=ci(n,e??[]);l===void 0?s.unpriced+=o:s.cost=(s.cost??0)+o*l}return e&&s.total===0&&(s.cost=0),s},ci=({start:i,end:e},t)=>{let[s,n]=[0,0];for(let r of t){let o=Math.min(e,r.end)-Math.max(i,r.start);o<=0||typeof r.mean!="number"||(s+=o*r.mean,n+=o)}return n>0?s/n:void 0}});var Ce,nt,ui,hi,Zs,Js,zt,It=g(()=>{"use strict";C();Ce=1/36e5,nt=4.184*Ce,ui={mW:.001,W:1,kW:1e3,MW:1e6,GW:1e9,TW:1e12},hi={mWh:1e-6,Wh:.001,kWh:1,MWh:1e3,GWh:1e6,TWh:1e9,J:Ce,kJ:1e3*Ce,MJ:1e6*Ce,GJ:1e9*Ce,cal:nt,kcal:1e3*nt,Mcal:1e6*nt,Gcal:1e9*nt,thm:29.3001},Zs=(i,e)=>{let t=j(i);return t===void 0?void 0:t*(e[U(i)]??1)},Js=i=>Zs(i,ui),zt=i=>Zs(i,hi)});var pi,it,mi,gi,Qs,fi,Xs,en,rt,tn=g(()=>{"use strict";S();q();C();jt();It();I();pi=[1,2,3,5,10],it=84,mi=864e5,gi=9e5,Qs=(i,e)=>{let t=J(i,e,...xe),s=f(i,e,Be),[n,r]=[t,s].map(Js),o=[n===void 0&&M(e,...xe),r===void 0&&s].some(Boolean);if(!n&&!r&&(o||n===void 0&&r===void 0))return;let d=n!==void 0&&(n!==0||!r)?n:-(r??0),l=[t,s].filter(u=>u!==void 0).map(u=>u.entity_id),c=j(f(i,e,"energy_received"));return{watts:d,gives:c===void 0?s!==void 0:c>0,ids:l}},fi=i=>{let e=Math.max(1e3,Math.abs(i)),t=10**Math.floor(Math.log10(e));return(pi.find(s=>s*t>=e)??10)*t},Xs=i=>{let e=Math.PI*(1-i);return`${String(100+it*Math.cos(e))} ${String(100-it*Math.sin(e))}`},en=(i,e)=>`M ${Xs(i)} A ${it} ${it} 0 0 1 ${Xs(e)}`,rt=class extends y{static{this.styles=[...y.styles,v`
      figure {
        margin: 0 auto;
        width: 100%;
        max-width: 300px;
        text-align: center;
      }
      svg {
        display: block;
        width: 100%;
      }
      path {
        fill: none;
        stroke-width: 18;
        stroke-linecap: butt;
      }
      .track {
        stroke: var(--divider-color);
      }
      .take {
        stroke: var(--energy-grid-consumption-color, #488fc2);
      }
      .give {
        stroke: var(--energy-grid-return-color, #8353d1);
      }
      .zero {
        stroke: var(--primary-text-color);
        stroke-width: 2;
      }
      .big {
        font-size: var(--ha-font-size-3xl, 28px);
        line-height: 1.2;
        margin-top: -44px;
      }
      .ends {
        /* The gauge goes from left to right in every language. */
        direction: ltr;
        display: flex;
        justify-content: space-between;
        font-size: var(--ha-font-size-s, 12px);
      }
      button.plain {
        width: 100%;
        text-align: center;
      }
    `]}#e=new Map;#s=0;content(){let e=this.about("gateway");if(e.length===0)return this.missing("power","no_gateway","add_gateway");let t=e.map(n=>({gateway:n,flow:Qs(this.hass,n)})).filter(({flow:n})=>n);if(t.length===0)return this.missing("power","power_none");let s=t.length>1||e.length>1;return a`${this.heading(this.say("power"))}
    ${t.map(({gateway:n,flow:r})=>r&&this.#n(n,r,s))}`}updated(e){super.updated(e),!(Date.now()-this.#s<gi)&&(this.#s=Date.now(),this.#t())}async#t(){let e=this.about("gateway").flatMap(t=>Qs(this.hass,t)?.ids??[]);if(e.length!==0)try{let t={power:"W"},s=await st(this.hass,e,new Date(Date.now()-mi),"hour",["max","min"],t),n=r=>Math.max(Math.abs(r.max??0),Math.abs(r.min??0));this.#e=new Map(Object.entries(s).map(([r,o])=>[r,Math.max(0,...(o??[]).map(n))])),this.requestUpdate()}catch{}}#n(e,{watts:t,gives:s,ids:n},r){let o=Math.max(Math.abs(t),...n.map(m=>this.#e.get(m)??0)),d=fi(o),l=s||t<0?.5:0,c=l+(1-l)*(t/d),u=Y(this.hass,Math.abs(t)),h=t>0?"power_in":t<0?"power_out":"power_neither",p=this.say(h,{power:u});return a`<figure>
      ${r?a`<figcaption class="quiet">${e.name}</figcaption>`:""}
      <button class="plain" aria-label=${p} @click=${()=>this.more(n[0]??"")}>
        <svg viewBox="0 0 200 104" aria-hidden="true">
          <path class="track" d=${en(0,1)}></path>
          ${c===l?"":ye`<path class="${t>0?"take":"give"}" d="${en(Math.min(l,c),Math.max(l,c))}"></path>`}
          ${l?ye`<path class="zero" d="M 100 4 V 28"></path>`:""}
        </svg>
        <p class="big">${u}</p>
        <p class="quiet">${t===0?p:this.say(t>0?"take":"give")}</p>
      </button>
      <p class="ends quiet" aria-hidden="true">
        <span>${l?Y(this.hass,d):Y(this.hass,0)}</span>
        <span>${Y(this.hass,d)}</span>
      </p>
    </figure>`}}});var De,yi,sn,Lt,nn,rn,on=g(()=>{"use strict";C();De=24*36e5,yi=432,sn=(i,e,t)=>{let s=Math.max(0,(i.getTime()-t)/De),n=Math.min(1,(e.getTime()-t)/De);return n>s?{left:s,width:n-s}:void 0},Lt=i=>{let e=i.map(n=>n.price),[t,s]=[Math.min(...e),Math.max(...e)];return{lowest:t,highest:s,floor:Math.min(0,t),top:Math.max(0,s)}},nn=(i,e)=>{let t=i?.attributes.forecast;if(!Array.isArray(t))return[];let s=[];for(let c of t.slice(0,yi)){let[u,h,p,m]=[b(c?.start),b(c?.end),c?.price,c?.tier];if(!u||!h||typeof p!="number")continue;let _=sn(u,h,e.getTime()),$=typeof m=="string"||typeof m=="number"?String(m):void 0;_&&s.push({start:u,end:h,price:p,tier:$,..._,height:0,level:"middle"})}let{lowest:n,highest:r,floor:o,top:d}=Lt(s),l=d-o||1;for(let c of s){c.height=(c.price-o)/l;let u=r>n?(c.price-n)/(r-n):.5;c.level=u<1/3?"low":u>2/3?"high":"middle"}return s.sort((c,u)=>c.left-u.left)},rn=(i,e,t)=>{let s=i&&e&&sn(i,e,t.getTime());return s&&{start:i,end:e,...s}}});var Pe,Ut,Wt,_i,vi,bi,ot,an=g(()=>{"use strict";S();q();C();on();I();Ot();Pe=36e5,Ut=1e3,Wt=100,_i=6,vi=6,bi=["low","middle","high"],ot=class extends y{static{this.styles=[...y.styles,v`
      .picture {
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        column-gap: 8px;
      }
      .picture > * {
        grid-column: 2;
      }
      .scale {
        grid-column: 1;
        display: flex;
        flex-direction: column;
        justify-content: space-between;
        text-align: end;
        /* The figures stand beside the upper and the lower edge. */
        margin-block: -0.6em;
        line-height: 1.2;
      }
      .scale,
      .hours,
      .levels {
        font-size: var(--ha-font-size-s, 12px);
      }
      svg {
        display: block;
        width: 100%;
        height: 110px;
        overflow: visible;
        grid-row: 1;
      }
      .levels {
        display: flex;
        flex-wrap: wrap;
        gap: 4px 16px;
        margin: 0;
        padding: 0;
        list-style: none;
      }
      .levels svg {
        display: inline-block;
        width: 10px;
        height: 10px;
        margin-inline-end: 6px;
      }
      rect {
        stroke: var(--ha-card-background, var(--card-background-color));
        stroke-width: 1;
        vector-effect: non-scaling-stroke;
        cursor: pointer;
      }
      .low {
        fill: var(--success-color);
      }
      .middle {
        fill: var(--energy-grid-consumption-color, #488fc2);
      }
      .high {
        fill: var(--warning-color);
      }
      rect.chosen,
      rect:focus {
        stroke: var(--primary-text-color);
        stroke-width: 2;
        outline: none;
      }
      .hours {
        position: relative;
        height: 1.5em;
        container-type: inline-size;
      }
      .hours span {
        position: absolute;
        transform: translateX(-50%);
        white-space: nowrap;
      }
      /* Where the page is zoomed there is room for fewer: "12:00 PM" is about 5em. */
      @container (width < 22em) {
        .hours span:nth-child(even) {
          display: none;
        }
      }
      @container (width < 11em) {
        .hours span:not(:first-child) {
          display: none;
        }
      }
      .band {
        position: relative;
        margin-bottom: 4px;
        padding-top: 8px;
        font-size: var(--ha-font-size-s, 12px);
      }
      .band::before,
      .band i {
        position: absolute;
        top: 0;
        height: 6px;
        border-radius: 3px;
      }
      .band::before {
        content: "";
        inset-inline: 0;
        background: color-mix(in srgb, var(--divider-color) 50%, transparent);
      }
      .band i {
        min-width: 4px;
      }
      .band .control {
        background: var(--error-color);
      }
      .band .charging {
        background: var(--success-color);
      }
    `]}static{this.properties={...y.properties,chosen:{state:!0}}}content(){let e=this.about("gateway");if(e.length===0)return this.missing("price","no_gateway","add_gateway");let t=new Date(Math.floor(this.now.getTime()/Pe)*Pe),s=e.map(n=>({gateway:n,bars:nn(J(this.hass,n,"price"),t)})).find(({bars:n})=>n.length>0);return!s&&e.some(n=>M(n,"price"))?this.missing("price","price_away"):s?this.#e(s.gateway,s.bars,t):this.missing("price","price_none","to_integration")}getCardSize(){return 4}#e(e,t,s){let n=J(this.hass,e,"price"),r=U(n),o=j(n),d=t.find(({start:h})=>h.getTime()===this.chosen)??t[0],l=this.#a(s),{floor:c,top:u}=Lt(t);return a`<div class="line">
        ${this.heading(this.say("price"))}
        ${o===void 0?"":a`<span>${this.say("price_now",{price:Fe(this.hass,o,r)})}</span>`}
      </div>
      <div class="picture">
        <div class="scale quiet" aria-hidden="true"><span>${this.#s(u)}</span><span>${this.#s(c)}</span></div>
        <svg
          viewBox="0 0 ${Ut} ${Wt}"
          preserveAspectRatio="none"
          role="group"
          aria-label="${this.say("price")}. ${this.say("price_keys")}"
          @keydown=${h=>this.#r(h,t,d)}
        >
          ${t.map(h=>this.#i(h,r,h===d))}
        </svg>
        <div class="hours quiet" aria-hidden="true">${this.#o(s)}</div>
        ${l.length>0?a`<ul class="list" style="gap: 0">
              ${l.map(h=>this.#l(h))}
            </ul>`:""}
      </div>
      ${this.#t(t,r)}
      <p>
        ${d?this.#n(d,r,o!==void 0&&d.start<=this.now&&this.chosen===void 0):""}
      </p>`}#s(e){return _e(this.hass,e,4,e===0?0:2)}#t(e,t){let s=bi.map(n=>({level:n,prices:e.filter(r=>r.level===n).map(({price:r})=>r)})).filter(({prices:n})=>n.length>0);return s.length<2?"":a`<ul class="levels">
      ${s.map(({level:n,prices:r})=>{let[o,d]=[Math.min(...r),Math.max(...r)],l=o===d?"":`${this.#s(o)} – `;return a`<li>
          <svg viewBox="0 0 1 1" aria-hidden="true"><path class=${n} d="M0 0h1v1H0z"></path></svg
          >${this.say(`price_${n}`)}: ${l}${Fe(this.hass,d,t)}
        </li>`})}
    </ul>`}#n(e,t,s=!1){let[n,r]=Z(this.hass,e.start,e.end,this.now),o=A(this.hass,e.end,this.now),d=this.say(s?"price_until":"price_bar",{from:n,to:s?o:r,price:Fe(this.hass,e.price,t)});return e.tier?/^\d+$/.test(e.tier)?this.say("price_tier",{bar:d,tier:e.tier}):`${d}, ${e.tier}`:d}#i(e,t,s){let n=Math.max(_i,e.height*Wt),r=()=>{this.chosen=e.start.getTime()};return ye`<rect
      x=${e.left*Ut} y=${Wt-n} width=${e.width*Ut} height=${n}
      class="${e.level}${e.start.getTime()===this.chosen?" chosen":""}"
      role="img" aria-label=${this.#n(e,t)} tabindex=${s?0:-1}
      data-start=${e.start.getTime()} @click=${r} @focus=${r}></rect>`}#r(e,t,s){let n=s?t.indexOf(s):0,r={ArrowRight:n+1,ArrowLeft:n-1,Home:0,End:t.length-1}[e.key],o=r===void 0?void 0:t[r];o&&(e.preventDefault(),this.renderRoot.querySelector(`[data-start="${String(o.start.getTime())}"]`)?.focus())}#o(e){let t=oe(this.hass);return Array.from({length:De/Pe},(s,n)=>new Date(e.getTime()+n*Pe)).map((s,n)=>({moment:s,hours:n})).filter(({moment:s,hours:n})=>n>1&&n<23&&be(s,t)%vi===0).map(({moment:s,hours:n})=>a`<span style="left: ${100*n*Pe/De}%">${ae(this.hass,s)}</span>`)}#a(e){let{hass:t}=this,s=[],n=(r,o,d)=>{let{state:l,attributes:c}=f(t,r,o)??{};if(l===Nt)return;let u=rn(b(c?.start),b(c?.end),e);if(!u)return;let[h,p]=Z(t,u.start,u.end,this.now),m={device:r.name,from:h,to:p},_=this.say(d==="control"?"band_control":"band_charging",m);s.push({...u,kind:d,text:_})};for(let r of this.everything())n(r,"active_event","control"),n(r,"next_event","control"),Ge(f(t,r,"departure"))&&n(r,"departure","charging");return s.sort((r,o)=>r.left-o.left)}#l({left:e,width:t,kind:s,text:n}){return a`<li class="band">
      <i class=${s} style="left: ${100*e}%; width: ${100*t}%"></i>
      <span>${n}</span>
    </li>`}}});var wi,$i,xi,x,at,dn=g(()=>{"use strict";S();q();O();C();qt();Ee();wi={good:["quality_good","--success-color"],marginal:["quality_marginal","--warning-color"],too_weak:["quality_too_weak","--error-color"]},$i=["quality_way","--disabled-color"],xi=12,x=new de({place:"",sensors:{},coverage:{},told:{}}),at=class extends H{constructor(){super(...arguments);this.kept=x}#e;updated(t){super.updated(t);let s=this.#t()?.device.id;s!==this.#e&&(this.#e=s,s&&this.#d(s,"get_coverage").catch(()=>{}))}content(){let t=this.#t(),s=this.heading(this.say("step_survey"));if(!t)return a`${s}<p class="quiet">${this.say("survey_none")}</p>`;let n=this.may(t.device.id,"control");return a`${s} ${n?a`<p class="quiet">${this.say("survey_hint")}</p>`:""}
      ${this.#n(t)} ${n?this.#s(t):""}
      ${this.#h(t)}`}#s({device:t,name:s}){return a`${this.#r()} ${this.#o(t.id)}
      <div class="stack">
        <utility-han-acting
          .hass=${this.hass}
          .act=${()=>this.#l(t.id)}
          .label=${this.say("measure")}
          .about=${s}
          .busy=${this.say("measuring")}
        ></utility-han-acting>
      </div>`}#t(){let t=this.about("device");return t.find(({device:s})=>s.id===x.now.chosen)??t[0]}#n(t){let s=this.about("device");return s.length===1?a`<p><strong>${t.name}</strong></p>`:a`<fieldset>
      <legend>${this.say("survey_device")}</legend>
      <div class="buttons">
        ${s.map(({device:n,name:r})=>this.#i(r,n.id===t.device.id,()=>x.set({chosen:n.id})))}
      </div>
    </fieldset>`}#i(t,s,n){return a`<button class=${s?"chosen":""} aria-pressed=${s} @click=${n}>${t}</button>`}#r(){let t=Object.values(this.hass.areas).flatMap(s=>s?[s.name]:[]);return a`<div>
      <label for="place">${this.say("survey_place")}</label>
      <div class="stack">
        <input
          id="place"
          maxlength="64"
          autocomplete="off"
          .value=${x.now.place}
          @input=${s=>x.set({place:s.target.value})}
        />
        <div class="buttons">
          ${t.slice(0,xi).map(s=>this.#i(s,s===x.now.place,()=>x.set({place:s})))}
        </div>
      </div>
    </div>`}#o(t){let s=x.now.coverage[t]?.signal??void 0,n=Object.values(this.hass.states).flatMap(r=>r?.attributes.device_class==="signal_strength"?[r]:[]);return n.length===0?"":a`<div>
      <label for="signal">${this.say("survey_signal")}</label>
      <select
        id="signal"
        @change=${r=>this.#a(t,r.target.value)}
      >
        ${s?"":a`<option value="">${this.say("survey_way")}</option>`}
        ${n.map(({entity_id:r,attributes:o})=>a`<option value=${r} ?selected=${r===(x.now.sensors[t]??s)}>
              ${typeof o.friendly_name=="string"?o.friendly_name:r}
            </option>`)}
      </select>
    </div>`}#a(t,s){x.set({sensors:{...x.now.sensors,[t]:s||void 0}})}async#l(t){let s=x.now.place.trim();if(!s)throw this.renderRoot.querySelector("#place")?.focus(),new Error(this.say("place_needed"));let n=x.now.sensors[t];await this.#d(t,"measure_coverage",{place:s,...n?{entity_id:n}:{}}),x.set({told:{...x.now.told,[t]:void 0}})}async#d(t,s,n={}){let{response:r}=await this.hass.callService(w,s,{device_id:t,...n},void 0,!1,!0);return r&&x.set({coverage:{...x.now.coverage,[t]:r}}),r}async#c(t){let s=await this.#d(t,"report_coverage");x.set({told:{...x.now.told,[t]:s?.case??void 0}})}#h(t){let s=x.now.coverage[t.device.id]?.places??[],n=x.now.told[t.device.id];return s.length===0?a`<p class="quiet">${this.say("survey_empty")}</p>`:a`<ul class="list" aria-live="polite">
        ${s.map(r=>this.#u(r))}
      </ul>
      ${this.may(t.device.id,"cases")?a`<div class="stack">
            <utility-han-acting
              .hass=${this.hass}
              .act=${()=>this.#c(t.device.id)}
              .label=${this.say("tell_utility")}
              .about=${t.name}
            ></utility-han-acting>
          </div>`:""}
      <p role="status" ?hidden=${!n}>${n?this.say("told_utility",{case:n}):""}</p>`}#u({name:t,quality:s,signal:n,latency_ms:r,loss:o,at:d,carried:l}){let[c,u]=(l?wi[s]:void 0)??$i,h=b(d),p=[n!==null&&E(this.hass,n,"dBm",0),r!==null&&this.say("answers_in",{time:E(this.hass,Math.max(r,1),"ms",0)}),this.say("lost",{share:E(this.hass,o*100,"%",0)}),h&&A(this.hass,h,this.now)];return a`<li style="--mark: var(${u})">
      <div class="line"><strong>${t}</strong><span class="mark">${this.say(c)}</span></div>
      <p class="quiet">${p.filter(Boolean).join(" · ")}</p>
    </li>`}}});var ki,Ai,Si,dt,ln=g(()=>{"use strict";S();ze();q();C();jt();I();ki=6e4,Ai=36e5,Si=.005,dt=class extends y{static{this.styles=[...y.styles,v`
      .hours {
        /* Time goes from left to right, as it does on the strip of prices. */
        direction: ltr;
        display: flex;
        align-items: flex-end;
        gap: 2px;
        height: 56px;
        border-bottom: 1px solid var(--divider-color);
      }
      .hours div {
        flex: 1;
        min-height: 1px;
        border-radius: 2px 2px 0 0;
        background: var(--energy-grid-consumption-color, #488fc2);
      }
    `]}static{this.properties={...y.properties,found:{state:!0},why:{state:!0}}}#e=0;constructor(){super(),this.found=new Map,this.why=""}content(){let e=this.about("gateway");if(e.length===0)return this.missing("today","no_gateway","add_gateway");let t=e.filter(s=>M(s,...ke));return t.length===0?this.missing("today","today_no_energy"):this.why?a`${this.heading(this.say("today"))}
        <p class="failed">${this.say("today_failed",{why:this.why})}</p>`:a`${this.heading(this.say("today"))} ${t.map(s=>this.#t(s,e.length>1))}`}updated(e){super.updated(e),!(Date.now()-this.#e<ki)&&(this.#e=Date.now(),this.#s())}async#s(){let{hass:e}=this,t=We(new Date,e.config.time_zone),s=new Map;try{for(let n of this.about("gateway")){let r=M(n,...ke);if(!r)continue;let o=M(n,...Ds),d=M(n,"price"),l=[r,o,d].filter($=>$!==void 0),c={energy:"kWh"},[u,h]=await Promise.all(["hour","5minute"].map($=>st(e,l,t,$,["change","mean"],c))),p=$=>Ks(u?.[$],h?.[$]),m=($,Ft)=>Ys(p($),Ft?p(Ft):void 0,_n=>be(new Date(_n),e.config.time_zone)),_=p(r).length>0;s.set(n.device.id,{taken:m(r,d),given:o?m(o):void 0,since:t,counted:_})}this.why=""}catch(n){this.why=await se(e,n)}this.found=s}#t(e,t){let s=this.found.get(e.device.id),n=U(f(this.hass,e,"price")),r=t?a`<p class="quiet">${e.name}</p>`:"";if(!s?.counted)return a`${r}
        <p class="quiet">${this.say(s?"today_none":"busy")}</p>`;let{taken:o,given:d}=s;return a`${r}
      <dl class="figures">
        ${this.#i(this.say("from_grid"),N(this.hass,o.total))}
        ${d?this.#i(this.say("to_grid"),N(this.hass,d.total)):""}
        ${this.#i(this.say("cost"),this.#n(o,n.split("/")[0]??""))}
      </dl>
      ${this.#r(s)}`}#n({cost:e,unpriced:t},s){if(e===void 0)return this.say("cost_none");let n=ve(this.hass,e,s),r=N(this.hass,t);return t<Si?n:this.say("cost_part",{cost:n,energy:r})}#i(e,t){return a`<div>
      <dt>${e}</dt>
      <dd>${t}</dd>
    </div>`}#r({taken:e,since:t}){let s=Math.max(...e.hours);if(s<=0)return"";let n=e.hours.indexOf(s),r=Es(n,t,this.hass.config.time_zone),[o,d]=[r,new Date(r.getTime()+Ai)].map(c=>ae(this.hass,c)),l=this.say("by_hour",{from:o??"",to:d??"",energy:N(this.hass,s)});return a`<div class="hours" role="img" aria-label=${l}>
      ${e.hours.map(c=>a`<div style="height: ${Math.max(0,100*c/s)}%"></div>`)}
    </div>`}}});var Ti,Ei,Ri,lt,cn=g(()=>{"use strict";S();Ht();q();O();C();K();It();I();Ti=.001,Ei=3e4,Ri=36e5,lt=class extends y{static{this.styles=[...y.styles,v`
      section {
        display: flex;
        flex-direction: column;
        gap: 12px;
      }
      section + section {
        border-top: 1px solid var(--divider-color);
        padding-top: 12px;
      }
      .plug::before {
        ${ne}
        background: var(--disabled-color, var(--secondary-text-color));
      }
      .plug.on::before {
        background: var(--success-color);
      }
      .differs {
        border-inline-start: 4px solid var(--warning-color);
        padding-inline-start: 8px;
      }
    `]}static{this.properties={...y.properties,measured:{state:!0}}}#e="";#s=!1;#t=0;#n=0;constructor(){super(),this.measured=new Map}content(){let e=this.about("vehicle");return e.length===0?this.missing("vehicle","no_vehicle","add_vehicle"):e.map(t=>this.#r(t))}getCardSize(){return 5}updated(e){super.updated(e);let t=(u,h)=>f(this.hass,u,h)?.state??"",s=this.about("vehicle"),n=we(this.now,this.hass.config.time_zone),r=s.filter(({device:u})=>this.may(u.id,"records")),o=JSON.stringify([n,r.map(({device:u})=>u.id),...s.map(u=>[u.device.id,t(u,"session_cost"),t(u,"month_energy"),t(u,"charging_sessions")])]),d=this.#s||s.some(u=>this.#u(u)),l=this.now.getTime(),c=o!==this.#e;!c&&!(d&&e.has("now")&&l-this.#t>=this.#n)||(this.#e=o,this.#t=l,this.#n=c?0:Math.min(Math.max(2*this.#n,Ei),Ri),r.length>0&&this.#i(r,n,o))}async#i(e,t,s){let n=new Map,r=!1;for(let{device:o}of e)try{let d={device_id:[o.id],month:t},{response:l}=await this.hass.callService(w,"get_sessions",d,void 0,!1,!0),c=(l?.sessions??[]).filter(({place:m})=>m==="home"),u=c.reduce((m,_)=>m+_.energy_kwh,0),h=new Map;for(let{amount:m,currency:_}of c)h.set(_,(h.get(_)??0)+m);let p=[...h].map(([m,_])=>ve(this.hass,_,m)).join(" + ");n.set(o.id,{energy:u,cost:p})}catch{r=!0}s===this.#e&&(this.#s=r,this.measured=n)}#r(e){let{hass:t}=this,s=f(t,e,"plugged"),n=R(s)&&s.state==="on",r=n&&s.attributes.charging===!0,o=s?.attributes.unassigned_energy_kwh,d=typeof o=="number",l=d?"plug_perhaps":"plug_unknown",c=R(s)?n?r?"charging":"plugged":"unplugged":l;return a`<section>
      <div class="line">
        ${this.heading(e.name)}
        <span class="plug ${n?"on":""}">${this.say(c)}</span>
      </div>
      ${n?this.#o(s):""} ${this.#a(e)} ${d?this.#l(o):""} ${this.#d(e,n)} ${this.#h(e)} ${this.#g(e)}
      ${this.#f(e,R(s)&&!n)}
    </section>`}#o(e){let t=b(e.attributes.idle_since);return t?a`<p class="quiet">${this.say("idle_since",{when:A(this.hass,t,this.now)})}</p>`:""}#a(e){let t=f(this.hass,e,"binding");return!R(t)||t.state==="in_force"?"":a`<p class="differs">${this.hass.formatEntityState(t)}</p>`}#l(e){return a`<div class="line">
      <span class="quiet">${this.say("plug_unassigned")}</span>
      <strong>${N(this.hass,e)}</strong>
    </div>`}#d(e,t){let s=f(this.hass,e,"session_energy"),n=zt(s),o=t||n!==0||s?.attributes.last_reset?n:void 0,d=this.#c(f(this.hass,e,"session_cost")),l=o===void 0?[this.say("session_none")]:[N(this.hass,o),d];return a`<div class="line">
      <span class="quiet">${this.say(t?"session_now":"session_last")}</span>
      <strong>${l.filter(Boolean).join(" · ")}</strong>
    </div>`}#c(e){let t=j(e);return t===void 0?"":ve(this.hass,t,U(e))}#h(e){let{hass:t}=this,s=zt(f(t,e,"month_energy")),n=this.#c(f(t,e,"month_cost")),r=this.measured.get(e.device.id),o=[];return r&&o.push(this.say("measured",{energy:N(t,r.energy)})),s!==void 0?o.push(this.say("billed",{energy:N(t,s),amount:n})):r?.cost&&o.push(r.cost),o.length===0?"":!r?.energy&&!s?a`<div class="line">
        <span class="quiet">${this.say("month")}</span>
        <span>${this.say(this.#u(e)?"month_uncounted":"month_none")}</span>
      </div>`:a`<div class="line">
        <span class="quiet">${this.say("month")}</span>
        <span>${o.join(" · ")}</span>
      </div>
      ${r&&s!==void 0?this.#m(r.energy-s):""}`}#u(e){let{hass:t}=this,s=t.config.time_zone,n=f(t,e,"session_energy"),r=b(n?.attributes.last_reset);return f(t,e,"plugged")?.state!=="off"||!j(n)||!r||this.measured.get(e.device.id)?.energy||j(f(t,e,"month_energy"))?!1:we(r,s)===we(this.now,s)}#m(e){if(Math.abs(e)<Ti)return a`<p class="quiet">${this.say("agrees")}</p>`;let t=N(this.hass,Math.abs(e));return a`<p class="differs">${this.say(e>0?"less_billed":"more_billed",{energy:t})}</p>`}#g(e){let{hass:t}=this,s=f(t,e,"departure"),n=b(s?.state),r=n?A(t,n,this.now):this.say("departure_none"),[o,d]=[b(s?.attributes.start),b(s?.attributes.end)];return a`${s?a`<div class="line">
          <span class="quiet">${this.say("departure")}</span>
          <button
            class="plain"
            aria-label="${this.say("departure")}: ${e.name}, ${r}"
            @click=${()=>this.more(s.entity_id)}
          >
            ${r}
          </button>
        </div>`:""}
    ${Ge(s)?a`<div class="line">
          <span class="quiet">${this.say("plan")}</span>
          <span>
            ${t.formatEntityAttributeValue(s,"reservation")}${o&&d?`, ${Z(t,o,d,this.now).join(" – ")}`:""}
          </span>
        </div>`:""}`}#f(e,t){let{hass:s}=this,n=f(s,e,"charge_now"),r=f(s,e,"binding"),o=R(r)&&r.state!=="none"&&r.state!=="binding",d=(l,c)=>a`<utility-han-acting .hass=${s} .act=${c} .label=${l} .about=${e.name}></utility-han-acting>`;return a`<div class="buttons">
      ${Se(n)&&!t&&this.may(e.device.id,"control")?d(this.say("charge_now"),()=>s.callService("button","press",{},{entity_id:n.entity_id},!1)):""}
      ${o&&this.may(e.device.id,"records")?a`${d(this.say("statement"),()=>this.#p(e,"pdf"))}
          ${d(this.say("table"),()=>this.#p(e,"csv"))}`:""}
    </div>`}async#p(e,t){let{hass:s}=this,n=we(new Date,s.config.time_zone),r={format:t,device_id:[e.device.id],month:n},{response:o}=await s.callService(w,"export_sessions",r,void 0,!1,!0);o&&et(s,o.url,o.name)}}});var hn,un,pn=g(()=>{"use strict";hn=async(i,e)=>{let t=navigator.clipboard;return t?t.writeText(i).then(()=>!0,()=>un(i,e)):un(i,e)},un=(i,e)=>{let t=document.createElement("textarea");t.value=i,t.readOnly=!0,t.style.position="fixed",t.style.opacity="0",e.appendChild(t),t.select();try{return document.execCommand("copy")}catch{return!1}finally{t.remove()}}});var Ci,ct,mn=g(()=>{"use strict";S();pn();ze();O();K();W();Ci=["lfdi","sfdi","pin","eui64","install_code","ven","serial","vin"],ct=class extends P{static{this.styles=[ie,v`
      :host {
        height: auto;
      }
      summary {
        min-height: var(--utility-han-touch, 40px);
        align-content: center;
        cursor: pointer;
      }
      dl {
        display: flex;
        flex-direction: column;
        gap: 8px;
        margin: 0 0 12px;
      }
      div {
        display: grid;
        grid-template-columns: 1fr auto;
        column-gap: 12px;
        align-items: center;
      }
      dt {
        color: var(--secondary-text-color);
      }
      dd {
        display: contents;
      }
      dd button {
        grid-area: 1 / 2 / 3;
        min-width: 6.5em;
      }
      code {
        display: block;
        color: var(--primary-text-color);
        user-select: all;
      }
    `]}static{this.properties={hass:{attribute:!1},subjects:{attribute:!1},told:{state:!0},why:{state:!0},copied:{state:!0}}}constructor(){super(),this.why=this.copied=""}render(){return a`<details @toggle=${e=>e.target.open&&this.#s()}>
      <summary>${this.#e("numbers")}</summary>
      ${this.why?a`<p class="failed" role="alert">${this.why}</p>`:""}
      ${this.told?this.subjects.map(e=>this.#t(e,this.told?.[e.device.id])):""}
    </details>`}#e(e,t){return T(this.hass.locale.language,e,t)}async#s(){try{this.told=await this.hass.callWS({type:`${w}/numbers`}),this.why=""}catch(e){this.why=this.#e("failed",{why:await se(this.hass,e)})}}#t({device:e,name:t},s){return s?a`<p>${t}</p>
      <dl>
        ${Ci.map(n=>{let r=s[n];if(!r)return"";let[o,d]=[this.#e(`number_${n}`),`${e.id} ${n}`],l=this.copied===d;return a`<div>
              <dt>${o}</dt>
              <dd>
                <code>${r}</code>
                <button aria-label="${this.#e("copy")}: ${t}, ${o}" @click=${()=>this.#n(d,r)}>
                  ${this.#e(l?"copied":"copy")}
                </button>
              </dd>
            </div>`})}
      </dl>`:""}async#n(e,t){this.copied=await hn(t,this.renderRoot)?e:""}}});var Di,le,X,Pi,ut,gn=g(()=>{"use strict";Pt();C();pt();W();Di={health:{state_content:["state","reason"]},registration_state:{},programs:{},binding:{},opt_out:{state_content:["state","until"],features:[{type:"toggle"}]},control:{state_content:["event_type","state"]},last_diagnosis:{},last_contact:{},open_cases:{}},le=(...i)=>({type:"grid",cards:i}),X=(i,e={})=>({type:es(i),...e}),Pi=({device:i,name:e,entities:t},s,n)=>{let r={action:"navigate",navigation_path:`/config/devices/device/${i.id}`},o=[{type:"heading",heading:e,...s?{tap_action:r}:{}}];for(let[d,l]of Object.entries(Di)){let c=t[d];if(!c)continue;let{features:u,...h}=l,p={...h,...n&&u?{features:u}:{}};o.push({type:"tile",entity:c,name:{type:"entity"},grid_options:{columns:12},...p})}return t.coverage&&o.push({type:"picture-entity",entity:t.coverage,show_name:!1,show_state:!1}),le(...o)},ut=class extends HTMLElement{static async generate(e,t){await Ye(t);let s=Ae(t),n=s.filter(({kind:p})=>p==="vehicle"),r=p=>s.some(m=>m.kind==="gateway"&&M(m,...p)!==void 0),o=(p,m)=>r(p)?[X(m)]:[],d=s.length===0?[le(X("health"))]:[le(X("health"),X("control"),...o([...xe,Be],"power")),le(...o(ke,"today"),X("price")),le(...(n.length>0?n:[void 0]).map(p=>X("vehicle",p?{device_id:p.device.id}:{})),...o(["open_cases"],"cases"))],l=(p,m,_,$)=>({title:T(t.locale.language,p),path:m,icon:_,type:"sections",max_columns:3,sections:$}),c=t.user?.is_admin===!0,u=s.filter(({entities:p})=>p.health).map(p=>Pi(p,c,Ke(t,p.device.id,"control"))),h=[l("home","home","mdi:home-lightning-bolt",d)];if(u.length>0&&h.push(l("devices","devices","mdi:devices",u)),c){let p=Xt.slice(0,s.length>0?void 0:1);h.push(l("installer","installer","mdi:account-hard-hat",p.map(m=>le(X(m)))))}return{title:"Utility HAN",views:h}}}});var fn={};bn(fn,{define:()=>Oi});var Ni,Oi,yn=g(()=>{"use strict";$s();Os();Ms();Ot();Vs();Gs();Mt();tn();an();dn();ln();cn();mn();gn();Ni={health:Q,control:Qe,power:rt,today:dt,price:ot,vehicle:lt,cases:Ze,commission:Je,survey:at,diagnose:Xe,handover:tt},Oi=()=>{customElements.define("utility-han-acting",Le),customElements.define("utility-han-numbers",ct);for(let[i,e]of Object.entries(Ni))customElements.define(`utility-han-${i}-card`,e);customElements.define("ll-strategy-dashboard-utility-han",ut)}});pt();ts();customElements.whenDefined("home-assistant").then(()=>Promise.resolve().then(()=>(yn(),fn))).then(({define:i})=>i());

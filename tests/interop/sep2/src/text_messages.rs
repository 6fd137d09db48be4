//! A list of text messages that can be fetched: the crate has the list, but no `SEResource` for it, which its client asks for.

use std::io::{Read, Write};

use sep2_common::packages::messaging::TextMessageList as Listed;
use sep2_common::traits::{SEResource, Validate};
use sepserde::{de::Deserializer, ser::Serializer, YaDeserialize, YaSerialize};
use xml::{attribute::OwnedAttribute, namespace::Namespace};

pub struct TextMessageList(pub Listed);

impl YaDeserialize for TextMessageList {
    fn deserialize<R: Read>(reader: &mut Deserializer<R>) -> Result<Self, String> {
        Listed::deserialize(reader).map(TextMessageList)
    }
}

impl YaSerialize for TextMessageList {
    fn name() -> &'static str {
        Listed::name()
    }

    fn serialize<W: Write>(&self, writer: &mut Serializer<W>) -> Result<(), String> {
        self.0.serialize(writer)
    }

    fn serialize_attributes(
        &self,
        attributes: Vec<OwnedAttribute>,
        namespace: Namespace,
    ) -> Result<(Vec<OwnedAttribute>, Namespace), String> {
        self.0.serialize_attributes(attributes, namespace)
    }
}

impl Validate for TextMessageList {}

impl SEResource for TextMessageList {
    fn href(&self) -> Option<&str> {
        self.0.href.as_deref()
    }
}

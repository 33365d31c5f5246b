//! Enters: the text of `policy/places.toml`. Leaves: the places of detention, each with a unique id.
//! Never: knows a mailbox or a key (that is the directory's).

use crate::calendar::Division;
use despatch_core::fault::Fault;
use despatch_core::settings::{Section, Settings};
use despatch_core::words::{PlaceId, Role};
use serde::de::IntoDeserializer;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::str::FromStr;

/// Returns the fault that a case names a place missing from the office's list.
pub fn unknown_place(at: &str) -> Fault {
    let cure =
        "use the id of a place that `despatch new` lists, or ask whoever runs the office to add the place";
    Fault::new(at, "place.unknown", "the list of places has no place of this id", cure)
}

despatch_core::closed! {
    /// The kind of a place: each row of a pack lists the kinds for which it applies.
    PlaceKind {
        Irc = "irc", "immigration removal centre";
        Prison = "prison", "prison";
        /// A residential one.
        Sthf = "sthf", "short-term holding facility";
        Pda = "pda", "pre-departure accommodation";
        /// A police cell.
        Police = "police", "police station";
        Hospital = "hospital", "hospital";
        Yoi = "yoi", "young offender institution";
        /// Not residential: at a port or a reporting centre.
        HoldingRoom = "holding_room", "holding room";
        ResidentialHoldingRoom = "residential_holding_room", "residential holding room";
        /// Of a prison.
        Mbu = "mbu", "mother and baby unit";
    }
}

impl PlaceKind {
    /// Returns the kind as letters print it.
    pub fn short(self) -> &'static str {
        match self {
            PlaceKind::Irc => "IRC",
            PlaceKind::Prison => "prison",
            PlaceKind::Sthf => "STHF",
            PlaceKind::Pda => "PDA",
            PlaceKind::Police => "police station",
            PlaceKind::Hospital => "hospital",
            PlaceKind::Yoi => "YOI",
            PlaceKind::HoldingRoom => "holding room",
            PlaceKind::ResidentialHoldingRoom => "residential holding room",
            PlaceKind::Mbu => "mother and baby unit",
        }
    }

    /// Returns whether it is of the prison service: to the second opinion process a young offender institution and a
    /// prison's mother and baby unit are prisons (G12).
    pub fn is_of_prison_service(self) -> bool {
        matches!(self, PlaceKind::Prison | PlaceKind::Yoi | PlaceKind::Mbu)
    }

    /// Returns whether people are there in transit: no assessment is held at such a place (G12).
    pub fn is_temporary(self) -> bool {
        match self {
            PlaceKind::Irc | PlaceKind::Prison | PlaceKind::Yoi | PlaceKind::Mbu => false,
            PlaceKind::Sthf
            | PlaceKind::Pda
            | PlaceKind::Police
            | PlaceKind::Hospital
            | PlaceKind::HoldingRoom
            | PlaceKind::ResidentialHoldingRoom => true,
        }
    }
}

/// The nation of a place: responsibility for healthcare differs by nation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Nation {
    England,
    Scotland,
    NorthernIreland,
    Wales,
}

impl Nation {
    /// Returns the division whose bank holidays count there.
    pub fn division(self) -> Division {
        match self {
            Nation::England | Nation::Wales => Division::EnglandAndWales,
            Nation::Scotland => Division::Scotland,
            Nation::NorthernIreland => Division::NorthernIreland,
        }
    }
}

/// A team that works at a place and can be written to there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Body {
    Healthcare,
    /// The Detention Engagement Team of a removal centre.
    Det,
    /// The Operational Support Team of a prison.
    Ost,
    /// Does the work of the DET at residential short-term holding facilities, which have none (docs/readings.md,
    /// "Recipients").
    EscortContractMonitoring,
}

impl Body {
    /// Returns the role of its entry in the directory.
    pub fn role(self) -> Role {
        match self {
            Body::Healthcare => Role::Healthcare,
            Body::Det | Body::EscortContractMonitoring => Role::Det,
            Body::Ost => Role::Ost,
        }
    }

    /// Returns the body in words, for people.
    pub fn label(self) -> &'static str {
        match self {
            Body::EscortContractMonitoring => "Escorting Contract Monitoring Team",
            _ => self.role().label(),
        }
    }
}

impl FromStr for Body {
    type Err = serde::de::value::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Body::deserialize(text.into_deserializer())
    }
}

/// A place of detention.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub id: PlaceId,
    /// As letters print it.
    pub name: String,
    pub kind: PlaceKind,
    /// The division whose bank holidays count there.
    pub division: Division,
    pub nation: Nation,
    /// The teams that work there.
    pub bodies: BTreeSet<Body>,
    /// The source of this entry.
    pub source: String,
}

impl Place {
    /// Returns whether a body of this role works there; the Immigration Prison Team does wherever the OST that
    /// instructs it does (G2).
    pub fn has(&self, role: Role) -> bool {
        let role = if role == Role::Ipt { Role::Ost } else { role };
        self.bodies.iter().any(|body| body.role() == role)
    }
}

/// Every place on the office's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Places(BTreeMap<PlaceId, Place>);

impl Places {
    /// Reads `policy/places.toml`.
    ///
    /// # Errors
    /// The text is malformed, an id occurs twice, a text is blank, or nation and division disagree; every fault is
    /// returned.
    pub fn parse(text: &str) -> Result<Places, Vec<Fault>> {
        let settings = Settings::parse("policy/places.toml", text);
        let top = settings.top();
        let mut places = BTreeMap::new();
        for section in top.tables("place") {
            let earlier = read(&section).and_then(|place| places.insert(place.id.clone(), place));
            if let Some(earlier) = earlier {
                let cause = format!("the place `{}` is listed twice", earlier.id);
                section.fault_at("id", "places.twice", cause, "give each place an id of its own");
            }
            section.end();
        }
        top.end();
        settings.finish(Places(places))
    }

    /// Returns the place with this id.
    pub fn get(&self, id: &PlaceId) -> Option<&Place> {
        self.0.get(id)
    }

    /// Returns every place, by id.
    pub fn iter(&self) -> impl Iterator<Item = &Place> {
        self.0.values()
    }
}

fn read(section: &Section<'_, '_>) -> Option<Place> {
    let id = section.need("id", PlaceId::PATTERN);
    let name = section.sentence("name");
    let kind = section.word("kind");
    let division = section.word("division");
    let nation = section.word::<Nation>("nation");
    if let (Some(division), Some(nation)) = (division, nation)
        && nation.division() != division
    {
        let cause = "the nation has the bank holidays of another division";
        section.fault_at("nation", "places.nation", cause, "correct the nation or the division");
    }
    section.need_any("bodies");
    let bodies = section.list("bodies", "det, ost, healthcare or escort-contract-monitoring").into_iter();
    let source = section.sentence("source");
    Some(Place {
        id: id?,
        name: name?,
        kind: kind?,
        division: division?,
        nation: nation?,
        bodies: bodies.collect(),
        source: source?,
    })
}

//! What a room promises its readers, over any interleaving of commits, bus, store reads and subscriptions.

use std::cell::RefCell;
use std::rc::Rc;

use proptest::prelude::*;

use super::*;
use crate::domain::frame::Class;

#[derive(Clone, Debug, PartialEq)]
enum Got {
    Message(u64),
    Subbed(u64),
    Reset,
    Activity,
    Other,
}

#[derive(Clone, Default)]
struct Recorder(Rc<RefCell<Vec<Got>>>);

impl Reader for Recorder {
    type Batch = ();
    fn push(&self, frame: &Arc<Frame>, (): &mut ()) {
        let text = frame.text.as_str();
        let got = match (&frame.mark, &frame.class) {
            (Some(mark), _) if text.contains("message.sent") => Got::Message(mark.seq),
            (Some(mark), _) if text.contains("subbed") => Got::Subbed(mark.seq),
            (_, Class::Latest(_)) => Got::Activity,
            _ if text.contains("reset") => Got::Reset,
            _ => Got::Other,
        };
        self.0.borrow_mut().push(got);
    }
    fn reset(&self, _: RoomId, reset: &Arc<Frame>, (): &mut ()) {
        self.push(reset, &mut ());
    }
    fn user(&self) -> Option<UserId> {
        None
    }
}

impl Recorder {
    fn seen(&self) -> Vec<Got> {
        self.0.borrow().clone()
    }
    fn messages(&self) -> Vec<u64> {
        self.seen()
            .iter()
            .filter_map(|g| if let Got::Message(n) = g { Some(*n) } else { None })
            .collect()
    }
}

fn id() -> RoomId {
    Uuid::from_u128(1).into()
}

fn sent(seq: u64) -> Sent {
    Sent {
        seq,
        author: Uuid::nil(),
        frame: frame::sent_raw(id(), seq, "{}"),
    }
}

fn caught(after: u64, upto: u64) -> Caught {
    let answer = frame::subbed(id(), upto, &"e".into(), true);
    Caught {
        changed: vec![],
        missed: (after + 1..=upto).map(sent).collect(),
        upto,
        answer,
        texts: vec![],
    }
}

fn piece(pos: u64, text: &str) -> Arc<Frame> {
    frame::ai(&frame::Piece {
        r: id(),
        message_id: Uuid::from_u128(2).into(),
        run_id: Uuid::from_u128(3).into(),
        agent_id: Uuid::from_u128(4).into(),
        attempt: 1,
        pos,
        text,
    })
}

fn live_at(room: &mut Room<Recorder>, reader: u64, seq: u64) -> Recorder {
    let recorder = Recorder::default();
    room.begin(reader, recorder.clone(), 1);
    assert_eq!(room.finish(reader, 1, &caught(seq, seq), &mut ()), Finish::Live);
    recorder
}

#[test]
fn what_came_during_the_resume_follows_what_was_read_without_a_repeat() {
    let mut room = Room::new(id());
    let reader = Recorder::default();
    room.begin(7, reader.clone(), 1);
    for seq in 4..=6 {
        room.message(&sent(seq), &mut ());
    }
    assert_eq!(room.finish(7, 1, &caught(2, 5), &mut ()), Finish::Live);
    assert_eq!(room.message(&sent(6), &mut ()), Fate::Duplicate);
    room.message(&sent(7), &mut ());
    use Got::{Message as M, Subbed};
    assert_eq!(reader.seen(), [M(3), M(4), M(5), Subbed(5), M(6), M(7)]);
}

#[test]
fn a_gap_holds_messages_and_their_changes_back_until_the_store_has_filled_it() {
    let mut room = Room::new(id());
    let reader = live_at(&mut room, 7, 1);
    assert_eq!(room.message(&sent(4), &mut ()), Fate::Gap(Gap { after: 1, upto: 3 }));
    room.change(&frame::changed_raw("message.edited", id(), "{}"), &mut ());
    assert_eq!(room.message(&sent(6), &mut ()), Fate::Held);
    assert!(reader.messages().is_empty());
    assert_eq!(
        room.repaired(&[], &[sent(2), sent(3)], &mut ()),
        Some(Gap { after: 4, upto: 5 })
    );
    assert_eq!(room.repaired(&[], &[sent(5)], &mut ()), None);
    use Got::{Message as M, Other, Subbed};
    assert_eq!(reader.seen(), [Subbed(1), M(2), M(3), M(4), Other, M(5), M(6)]);
}

#[test]
fn a_gap_that_cannot_be_filled_is_a_reset_and_the_room_goes_on() {
    let mut room = Room::new(id());
    let reader = live_at(&mut room, 7, 1);
    room.message(&sent(5), &mut ());
    room.give_up(5, &frame::reset(id(), None), &mut ());
    room.message(&sent(6), &mut ());
    assert_eq!(reader.seen(), [Got::Subbed(1), Got::Reset, Got::Message(6)]);
}

#[test]
fn a_removed_reader_gets_nothing_more_even_when_its_resume_is_under_way() {
    let mut room = Room::new(id());
    let (live, resuming) = (live_at(&mut room, 7, 1), Recorder::default());
    room.begin(8, resuming.clone(), 1);
    assert_eq!(
        (room.remove(7), room.remove(8), room.remove(9)),
        (Some(true), Some(true), None)
    );
    room.message(&sent(2), &mut ());
    assert_eq!(room.finish(8, 1, &caught(1, 2), &mut ()), Finish::Gone);
    assert!(live.messages().is_empty() && resuming.seen().is_empty());
    assert!(room.is_empty() && room.subscriptions() == 0);
}

#[test]
fn a_member_who_does_not_subscribe_is_told_of_activity_only() {
    let mut room = Room::new(id());
    let reader = Recorder::default();
    assert!(room.seat_light(7, reader.clone()));
    room.message(&sent(1), &mut ());
    room.event(&frame::room_event("read", id(), &1), &mut ());
    room.message(&sent(1), &mut ());
    assert_eq!(reader.seen(), [Got::Activity]);
}

#[test]
fn of_a_reply_being_written_a_reader_gets_the_text_so_far_then_only_what_goes_beyond() {
    let mut room = Room::new(id());
    let reader = Recorder::default();
    room.begin(7, reader.clone(), 1);
    room.piece(&piece(0, "ab"), &mut ());
    room.piece(&piece(4, "ef"), &mut ());
    let caught = Caught {
        texts: vec![piece(0, "abcd")],
        ..caught(0, 0)
    };
    room.finish(7, 1, &caught, &mut ());
    assert_eq!(
        reader.seen().len(),
        3,
        "subbed, the text so far, and the one piece beyond it"
    );
    let late = live_at(&mut room, 8, 0);
    room.set_texts(8, &[piece(0, "abcdefgh")]);
    room.piece(&piece(6, "gh"), &mut ());
    room.piece(&piece(8, "i"), &mut ());
    assert_eq!(late.seen().len(), 2, "subbed and the one piece beyond the text");
}

#[derive(Clone, Debug)]
enum Step {
    Commit,
    /// The bus tells the next event.
    Tell,
    /// The bus tells the last event again.
    TellAgain,
    /// The bus loses the next event.
    Lose,
    Begin(usize, u64),
    Read(usize),
    Finish(usize),
    Remove(usize),
    Repair,
    CheckHead,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let reader = 0usize..3;
    let step = prop_oneof![
        6 => Just(Step::Commit),
        6 => Just(Step::Tell),
        1 => Just(Step::TellAgain),
        1 => Just(Step::Lose),
        2 => (reader.clone(), 0u64..4).prop_map(|(r, back)| Step::Begin(r, back)),
        3 => reader.clone().prop_map(Step::Read),
        3 => reader.clone().prop_map(Step::Finish),
        1 => reader.prop_map(Step::Remove),
        2 => Just(Step::Repair),
        1 => Just(Step::CheckHead),
    ];
    prop::collection::vec(step, 0..120)
}

#[derive(Default)]
struct Attempt {
    recorder: Recorder,
    token: u64,
    held: u64,
    read: Option<u64>,
    live: bool,
    present: bool,
}

struct Model {
    room: Room<Recorder>,
    committed: u64,
    told: u64,
    gap: Option<Gap>,
    readers: [Attempt; 3],
    tokens: u64,
}

impl Model {
    fn step(&mut self, step: &Step) {
        match step {
            Step::Commit => self.committed += 1,
            Step::Lose => self.told += u64::from(self.told < self.committed),
            Step::Tell => {
                if self.told < self.committed {
                    self.told += 1;
                    self.tell();
                }
            }
            Step::TellAgain => {
                if self.told > 0 {
                    self.tell();
                }
            }
            Step::Begin(r, back) => {
                self.tokens += 1;
                let held = self.committed.saturating_sub(*back);
                let attempt = Attempt {
                    token: self.tokens,
                    held,
                    present: true,
                    ..Attempt::default()
                };
                self.room.begin(*r as u64, attempt.recorder.clone(), attempt.token);
                self.readers[*r] = attempt;
            }
            // The head is read, and the messages up to it, at this moment.
            Step::Read(r) => self.readers[*r].read = Some(self.committed),
            Step::Finish(r) => self.finish(*r),
            Step::Remove(r) => {
                self.room.remove(*r as u64);
                (self.readers[*r].present, self.readers[*r].live) = (false, false);
            }
            Step::Repair => self.repair(),
            Step::CheckHead => self.gap = self.room.check_head(self.committed, false).or(self.gap),
        }
    }

    fn tell(&mut self) {
        if let Fate::Gap(gap) = self.room.message(&sent(self.told), &mut ()) {
            self.gap = Some(gap);
        }
    }

    fn finish(&mut self, r: usize) {
        let attempt = &mut self.readers[r];
        let Some(read) = attempt.read.filter(|_| attempt.present && !attempt.live) else {
            return;
        };
        match self
            .room
            .finish(r as u64, attempt.token, &caught(attempt.held, read), &mut ())
        {
            Finish::Live => attempt.live = true,
            Finish::Behind(upto) => {
                assert!(upto <= self.committed && upto > read);
                attempt.read = Some(self.committed);
            }
            Finish::Overflowed => {
                let reset = frame::reset(id(), None);
                let done = self
                    .room
                    .finish_reset(r as u64, attempt.token, self.committed, &reset, &mut ());
                assert_eq!(done, Finish::Live);
                (attempt.live, attempt.held) = (true, u64::MAX);
            }
            Finish::Gone => panic!("gone without being removed"),
        }
    }

    fn repair(&mut self) {
        let Some(gap) = self.gap.take() else { return };
        let found: Vec<Sent> = (gap.after + 1..=gap.upto).map(sent).collect();
        self.gap = self.room.repaired(&[], &found, &mut ());
    }

    /// Everything is told, every gap filled, every resume ended.
    fn settle(&mut self) {
        for r in 0..self.readers.len() {
            if self.readers[r].present && !self.readers[r].live {
                self.step(&Step::Read(r));
                self.step(&Step::Finish(r));
                self.step(&Step::Finish(r));
            }
        }
        self.step(&Step::Commit);
        while self.told < self.committed {
            self.step(&Step::Tell);
        }
        self.step(&Step::CheckHead);
        while self.gap.is_some() {
            self.repair();
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn each_reader_gets_each_message_once_and_in_order_or_a_reset(steps in steps()) {
        let mut model = Model {
            room: Room::new(id()), committed: 0, told: 0, gap: None, readers: Default::default(), tokens: 0,
        };
        for step in &steps {
            model.step(step);
        }
        model.settle();
        let committed = model.committed;
        for attempt in model.readers.iter().filter(|a| a.present) {
            let messages = attempt.recorder.messages();
            prop_assert!(attempt.live);
            prop_assert!(messages.windows(2).all(|w| w[1] == w[0] + 1), "{messages:?}");
            prop_assert_eq!(messages.last().copied(), Some(committed));
            if attempt.held != u64::MAX {
                prop_assert_eq!(messages.first().copied(), Some(attempt.held + 1));
            }
        }
    }
}

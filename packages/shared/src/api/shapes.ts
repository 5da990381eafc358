// Owns the short names of the API's shapes that clients speak of.
import type { components } from '../generated/schema';

type Schemas = components['schemas'];

export type Agent = Schemas['Agent'];
export type AgentPolicy = Schemas['AgentPolicy'];
export type AiInfo = Schemas['AiInfo'];
export type Author = Schemas['Author'];
export type Friend = Schemas['Friend'];
export type FriendRequest = Schemas['FriendRequest'];
export type Me = Schemas['Me'];
export type Message = Schemas['Message'];
export type MessagePage = Schemas['MessagePage'];
export type NewMessage = Schemas['NewMessage'];
export type NewRoom = Schemas['NewRoom'];
export type Problem = Schemas['Problem'];
export type Reaction = Schemas['Reaction'];
export type Role = Schemas['Role'];
export type Room = Schemas['Room'];
export type RoomAgent = Schemas['RoomAgent'];
export type RoomMember = Schemas['RoomMember'];
export type Session = Schemas['Session'];
export type Signed = Schemas['Signed'];
export type Suggestion = Schemas['Suggestion'];
export type User = Schemas['User'];

// What is bought and sold.
export type Balance = Schemas['Balance'];
export type CardCategory = Schemas['Category'];
export type CardContent = Schemas['CardContent'];
export type CardReview = Schemas['CardReview'];
export type CardRevision = Schemas['CardRevision'];
export type Coupon = Schemas['Coupon'];
export type Currency = Schemas['Currency'];
export type Entitlement = Schemas['Owned'];
export type Facets = Schemas['Facets'];
export type Invoice = Schemas['Invoice'];
export type LedgerCheck = Schemas['LedgerCheck'];
export type ModelCard = Schemas['ModelCard'];
export type ModelCardEdit = Schemas['ModelCardEdit'];
export type ModelCardsFound = Schemas['ModelCardsFound'];
export type Money = Schemas['Money'];
export type NewCoupon = Schemas['NewCoupon'];
export type NewModelCard = Schemas['NewModelCard'];
export type Order = Schemas['Order'];
export type OrderStatus = Schemas['OrderStatus'];
export type Payment = Schemas['Payment'];
export type Payout = Schemas['Payout'];
export type Receipt = Schemas['Receipt'];
export type Statement = Schemas['Statement'];
export type StatementLine = Schemas['StatementLine'];
export type Wallet = Schemas['Wallet'];
export type WalletBalance = Schemas['WalletBalance'];

// Debates.
export type Debate = Schemas['Debate'];
export type DebateBeginning = Schemas['DebateBeginning'];
export type DebatePhase = Schemas['DebatePhase'];
export type DebateRating = Schemas['DebateRating'];
export type DebateSide = Schemas['DebateSide'];
export type DebateSideName = Schemas['DebateSideName'];
export type DebateSummary = Schemas['DebateSummary'];
export type DebateTotals = Schemas['DebateTotals'];
export type DebateTurn = Schemas['DebateTurn'];
export type DebateVote = Schemas['DebateVote'];

/** A page of any list. */
export interface Page<Item> {
  items: Item[];
  nextCursor?: string | null;
}

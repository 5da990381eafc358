// Owns the short names of the API's shapes that clients speak of.
import type { components } from '../generated/schema';

type Schemas = components['schemas'];

export type Agent = Schemas['Agent'];
export type AgentPolicy = Schemas['AgentPolicy'];
export type AgentTryOut = Schemas['AgentTryOut'];
export type AiInfo = Schemas['AiInfo'];
export type AssetVariant = Schemas['AssetVariant'];
export type Audience = Schemas['Audience'];
export type Author = Schemas['Author'];
export type Comment = Schemas['Comment'];
export type Digest = Schemas['Digest'];
export type Friend = Schemas['Friend'];
export type FriendRequest = Schemas['FriendRequest'];
export type Home = Schemas['Home'];
export type HomeItem = Schemas['HomeItem'];
export type Me = Schemas['Me'];
export type MediaAsset = Schemas['MediaAsset'];
export type Message = Schemas['Message'];
export type MessagePage = Schemas['MessagePage'];
export type NewDevice = Schemas['NewDevice'];
export type NewMessage = Schemas['NewMessage'];
export type NewPost = Schemas['NewPost'];
export type NewRoom = Schemas['NewRoom'];
export type News = Schemas['News'];
export type Notification = Schemas['Notification'];
export type NotificationActor = Schemas['NotificationActor'];
export type NotificationChannels = Schemas['NotificationChannels'];
export type NotificationKind = Schemas['NotificationKind'];
export type NotificationPage = Schemas['NotificationPage'];
export type NotificationPreferences = Schemas['NotificationPreferences'];
export type NotificationWishes = Schemas['Wishes'];
export type OwnAsset = Schemas['OwnAsset'];
export type Post = Schemas['Post'];
export type PostCase = Schemas['PostCase'];
export type UserReport = Schemas['UserReport'];
export type PostMention = Schemas['PostMention'];
export type PostReaction = Schemas['PostReaction'];
export type PostRevision = Schemas['PostRevision'];
export type Privacy = Schemas['Privacy'];
export type Problem = Schemas['Problem'];
export type ProfileEdit = Schemas['ProfileEdit'];
export type PushDevice = Schemas['PushDevice'];
export type QuietHours = Schemas['QuietHours'];
export type Reaction = Schemas['MessageReaction'];
export type ReactionCount = Schemas['ReactionCount'];
export type ReactionKind = Schemas['ReactionKind'];
export type ReportReason = Schemas['ReportReason'];
export type Role = Schemas['Role'];
export type Room = Schemas['Room'];
export type RoomAgent = Schemas['RoomAgent'];
export type RoomMember = Schemas['RoomMember'];
export type Session = Schemas['Session'];
export type SharedPost = Schemas['SharedPost'];
export type Signed = Schemas['Signed'];
export type Suggestion = Schemas['Suggestion'];
export type Trending = Schemas['Trending'];
export type TrendingPost = Schemas['TrendingPost'];
export type TrendingTag = Schemas['TrendingTag'];
export type User = Schemas['User'];
export type Visibility = Schemas['Visibility'];

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

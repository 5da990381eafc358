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

/** A page of any list. */
export interface Page<Item> {
  items: Item[];
  nextCursor?: string | null;
}

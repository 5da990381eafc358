// Owns the list of features that hear the live connection: importing one registers it.
import '@/features/chat/live';
import '@/features/creator/live';
import '@/features/debates/live';
import '@/features/feed/live';
import '@/features/friends/live';
import '@/features/market/live';
import '@/features/notifications/live';
import '@/features/profile/live';

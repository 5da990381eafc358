// Owns the list of features that hear the live connection: importing one registers it.
import '@/features/chat/live';
import '@/features/friends/live';

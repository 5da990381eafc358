import { pathOfLink } from '@/lib/links';
import { takeWanted, want } from './wanted';

test('a wish is given once, and only where a sign-in stood before it', () => {
  want('/chats/r-1?jump=m-1');
  want('/sign-up');
  want('/');
  want('/reset-password?token=t');
  want(null);
  expect(takeWanted('me')).toBe('/chats/r-1?jump=m-1');
  expect(takeWanted('me')).toBeNull();
});

test('nobody is led to where the session of somebody else ended', () => {
  want('/chats/r-1', 'ada');
  expect(takeWanted('bob')).toBeNull();
  want('/chats/r-1', 'ada');
  expect(takeWanted('ada')).toBe('/chats/r-1');
});

test('a link of the app and one of the web lead to the same place', () => {
  expect(pathOfLink('aichat://chats/r-1?jump=m')).toBe('/chats/r-1?jump=m');
  expect(pathOfLink('https://chat.example.org/chats/r-1?jump=m')).toBe('/chats/r-1?jump=m');
  expect(pathOfLink('http://localhost:8080/')).toBe('/');
});

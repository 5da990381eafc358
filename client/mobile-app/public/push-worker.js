// Shows pushes of a browser that has no window open, and leads to what one tells of when it is pressed.
self.addEventListener('push', (event) => {
  const { title, body, tag, path } = event.data?.json() ?? {};
  if (!title) return;
  event.waitUntil(self.registration.showNotification(title, { body, tag, data: { path } }));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  const path = event.notification.data?.path ?? '/';
  event.waitUntil(
    self.clients.matchAll({ type: 'window', includeUncontrolled: true }).then(async ([open]) => {
      if (!open) return self.clients.openWindow(path);
      await open.focus();
      open.postMessage({ kind: 'push.opened', path });
    }),
  );
});

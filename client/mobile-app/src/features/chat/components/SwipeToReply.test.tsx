// Tells when a swipe answers.
import { act, render } from '@testing-library/react-native';
import { State } from 'react-native-gesture-handler';
import { fireGestureHandler, getByGestureTestId } from 'react-native-gesture-handler/jest-utils';
import { Text } from '@/design';
import { SwipeToReply } from './SwipeToReply';

async function swipe(translationX: number) {
  const onReply = jest.fn();
  render(
    <SwipeToReply onReply={onReply} testID="swipe">
      <Text>Hello</Text>
    </SwipeToReply>,
  );
  fireGestureHandler(getByGestureTestId('swipe'), [
    { state: State.BEGAN, translationX: 0 },
    { state: State.ACTIVE, translationX: translationX / 2 },
    { state: State.ACTIVE, translationX },
    { state: State.END, translationX },
  ]);
  // The gesture tells the app in a turn of its own.
  await act(() => new Promise((resolve) => setTimeout(resolve, 50)));
  return onReply;
}

test('a swipe past the threshold answers, to either side; a short one does not', async () => {
  expect(await swipe(90)).toHaveBeenCalledTimes(1);
  expect(await swipe(-90)).toHaveBeenCalledTimes(1);
  expect(await swipe(30)).not.toHaveBeenCalled();
});

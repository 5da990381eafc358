// Owns how gestures and animations run in tests.
import 'react-native-gesture-handler/jestSetup';
import { configure } from '@testing-library/react-native';
import { setUpTests } from 'react-native-reanimated';
import { queryClient } from '@/lib/query';

setUpTests();
// A busy machine draws slowly.
configure({ asyncUtilTimeout: 5_000 });

// What is cached has a timer of a week, which would keep the process.
afterAll(() => queryClient.clear());

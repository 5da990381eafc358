// Owns how gestures and animations run in tests.
import 'react-native-gesture-handler/jestSetup';
import { setUpTests } from 'react-native-reanimated';
import { queryClient } from '@/lib/query';

setUpTests();

// What is cached has a timer of a week, which would keep the process.
afterAll(() => queryClient.clear());

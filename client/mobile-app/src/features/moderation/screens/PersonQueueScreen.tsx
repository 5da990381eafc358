// Owns the queue of reports about people: who, why, by how many, and the decision, which is one for all reports about a person.
import { type UserReport } from '@aichatwar/shared';
import { type Href } from 'expo-router';
import { useTranslation } from 'react-i18next';
import { EmptyState, Screen, ScrollBody } from '@/design';
import { Loaded } from '@/shell/Loaded';
import { moderationActions, usePersonQueue } from '../api';
import { NotYours } from '../components/NotYours';
import { ReportedCase } from '../components/ReportedCase';

/** Puts the reports about one person together, in the order of the first of each. */
function byPerson(reports: UserReport[]): UserReport[][] {
  const people = new Map<string, UserReport[]>();
  for (const report of reports) {
    const id = report.subject?.id ?? report.id;
    people.set(id, [...(people.get(id) ?? []), report]);
  }
  return [...people.values()];
}

export function PersonQueueScreen() {
  const { t } = useTranslation(['moderation', 'common']);
  return (
    <Screen title={t('moderation:people')} back={{ label: t('common:back'), fallback: '/market' }}>
      <Loaded query={usePersonQueue()}>
        {(reports) =>
          reports === null ? (
            <NotYours />
          ) : reports.length === 0 ? (
            <EmptyState
              icon="shield-checkmark-outline"
              title={t('moderation:nothing')}
              body={t('moderation:noPersonReports')}
            />
          ) : (
            <ScrollBody>
              {byPerson(reports).map(([first, ...rest]) =>
                first ? <Case key={first.id} first={first} rest={rest} /> : null,
              )}
            </ScrollBody>
          )
        }
      </Loaded>
    </Screen>
  );
}

function Case({ first, rest }: { first: UserReport; rest: UserReport[] }) {
  const { subject } = first;
  return (
    <ReportedCase
      about="person"
      who={subject}
      since={first.createdAt}
      count={rest.length + 1}
      reports={[first, ...rest]}
      place={subject ? (`/users/${subject.id}` as Href) : null}
      onDecide={(verdict, note) => moderationActions.judge(first.id, verdict, note)}
    />
  );
}

/** What main does for the window's requests about schedules and health. */
import type { Protection } from '../protection/protection.ts';
import type { Handlers } from './ipc.ts';

type ProtectionChannel = Extract<keyof Handlers, `protection:${string}`> | 'drill:start' | 'history:list';

export function createProtectionHandlers(protection: Protection): Pick<Handlers, ProtectionChannel> {
  return {
    'protection:get': () => protection.view(),
    'protection:set-schedule': ({ connection, collection, schedule }) => {
      protection.setSchedule({ connection, collection }, schedule);
      return protection.view();
    },
    'protection:next-times': ({ schedule }) => protection.nextTimes(schedule),
    'protection:set-keep': ({ keep }) => {
      protection.setKeep(keep);
      return protection.view();
    },
    'protection:set-drill': ({ schedule, onConnections }) => {
      protection.setDrill(schedule, onConnections);
      return protection.view();
    },
    'protection:pause': ({ until }) => {
      protection.pause(until);
      return protection.view();
    },
    'protection:resume': () => {
      protection.resume();
      return protection.view();
    },
    'protection:back-up': ({ indexes }) => ({ jobIds: protection.backUpNow(indexes) }),
    'protection:accept-change': async (index) => {
      await protection.acceptChange(index);
      return protection.view();
    },
    'drill:start': (index) => ({ jobId: protection.drill(index).id }),
    'history:list': (filter) => protection.history(filter),
  };
}

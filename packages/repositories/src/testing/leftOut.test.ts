import { RenderError } from '../types';
import { COMBINATIONS } from './combinations';
import { renderAnswers } from './skeleton';

type Step = string | number;

/** Every place in a value, but those that hold the whole of a list together. */
function placesIn(value: unknown, at: readonly Step[] = []): Step[][] {
  if (typeof value !== 'object' || value === null) {
    return [];
  }
  return Object.entries(value).flatMap(([key, inner]) => {
    const place = [...at, Array.isArray(value) ? Number(key) : key];
    const own = Array.isArray(value) ? [] : [place];
    return [...own, ...placesIn(inner, place)];
  });
}

function without<T>(value: T, place: readonly Step[]): T {
  const copy = JSON.parse(JSON.stringify(value));
  const holder = place.slice(0, -1).reduce((inner, step) => inner[step], copy);
  delete holder[place[place.length - 1]];
  return copy;
}

const everything = COMBINATIONS.filter(({ name }) =>
  ['everything said', 'everything said, aws, github'].includes(name),
);

it.each(everything.map(({ name, answers }) => [name, answers] as const))(
  '%s: whatever is left out has a default, or is asked for by its name',
  (_, answers) => {
    const places = placesIn(answers);
    expect(places.length).toBeGreaterThan(80);
    const unheardOf = places.flatMap(place => {
      try {
        renderAnswers(without(answers, place));
        return [];
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const isAsked =
          !/undefined|skeleton file|of null/.test(message) &&
          (error instanceof RenderError || message.includes(': '));
        return isAsked ? [] : [`${place.join('.')}: ${message}`];
      }
    });
    expect(unheardOf).toEqual([]);
  },
);

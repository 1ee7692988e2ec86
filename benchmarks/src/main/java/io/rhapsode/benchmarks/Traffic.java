/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.SplittableRandom;

/**
 * What a population of subscribers does in ten days: calls in order of time, each the same for its number. More of them
 * in office hours, and more by few subscribers: a tenth of these has a third of the calls.
 *
 * @param calls how many in all
 * @param firstDay UTC
 */
record Traffic(int calls, LocalDate firstDay) {

    static final int DAYS = 10;

    private static final long DAY_MICROS = 86_400_000_000L;
    private static final int CALLS_PER_SUBSCRIBER = 8;

    /** Calls an hour, by hour of the day. */
    private static final int[] HOURS = {1, 1, 1, 1, 1, 2, 4, 8, 14, 18, 19, 17, 13, 14, 16, 16, 15, 12, 9, 7, 5, 4, 2, 2
    };

    /** Of eight calls the last is a leg of the one before, through a back-to-back user agent. */
    private static final int ONE_IN = 8;

    static Traffic ofMessages(long messages, LocalDate firstDay) {
        return new Traffic((int) Math.max(ONE_IN, messages / CallScript.MESSAGES_PER_CALL), firstDay);
    }

    /** @param number from 0 to the number of calls, less one */
    PlayedCall call(int number) {
        boolean second = number % ONE_IN == ONE_IN - 1;
        int first = second ? number - 1 : number;
        var random = new SplittableRandom(first);
        var script = CallScript.of(random.nextInt(100));
        boolean joined = script.isInvite() && first % ONE_IN == ONE_IN - 2 && first + 1 < calls;
        if (second && !joined) {
            random = new SplittableRandom(number);
            script = CallScript.of(random.nextInt(100));
        }
        var leg = !joined ? PlayedCall.Leg.ONLY : second ? PlayedCall.Leg.SECOND : PlayedCall.Leg.FIRST;
        int caller = subscriber(random);
        int callee = subscriber(random);
        long begin = beginMicros(joined ? first : number) + (joined && second ? 4_000 : 0);
        return new PlayedCall(
                joined ? first : number, leg, script, Subscriber.of(caller), Subscriber.of(callee), begin, random);
    }

    LocalDate day(int index) {
        return firstDay.plusDays(index);
    }

    private int subscriber(SplittableRandom random) {
        double even = random.nextDouble();
        return (int) (Math.max(1_000, calls / CALLS_PER_SUBSCRIBER) * even * even);
    }

    private long beginMicros(int number) {
        double days = (double) number / calls * DAYS;
        long day = (long) days;
        return firstDay.atStartOfDay(ZoneOffset.UTC).toEpochSecond() * 1_000_000
                + day * DAY_MICROS
                + (long) (ofDay(days - day) * DAY_MICROS);
    }

    /** When, as a part of the day, this part of its calls has begun. */
    private static double ofDay(double calls) {
        double all = 0;
        for (int each : HOURS) {
            all += each;
        }
        double rest = calls * all;
        int hour = 0;
        while (hour < HOURS.length - 1 && rest >= HOURS[hour]) {
            rest -= HOURS[hour++];
        }
        return (hour + Math.min(1, rest / HOURS[hour])) / HOURS.length;
    }
}

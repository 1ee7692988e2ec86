/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntPredicate;
import org.junit.jupiter.api.Test;

/** Eight octets a step find what one a step finds, wherever the range begins and ends. */
class ScanTest {
    private static final int ARRAYS = 2_000;

    /** What is looked for, what differs from it in one bit, and the ends of all ranges. */
    private static final byte[] OCTETS = {
        ':',
        ';',
        ':' + 1,
        (byte) (':' | 0x80),
        '@',
        'A',
        'Z',
        '[',
        'a',
        'z',
        (byte) 0xc1,
        0,
        ' ',
        '!',
        0x1f,
        (byte) 0xa0,
        127,
        -1
    };

    @Test
    void eightAStepFindWhatOneFinds() {
        long seed = System.nanoTime();
        var random = new Random(seed);
        for (int i = 0; i < ARRAYS; i++) {
            byte[] bytes = new byte[random.nextInt(40)];
            // Some arrays are of few different octets, so that there are long ranges with none that is looked for.
            int kinds = 1 + random.nextInt(OCTETS.length);
            int first = random.nextInt(OCTETS.length);
            for (int at = 0; at < bytes.length; at++) {
                bytes[at] = OCTETS[(first + random.nextInt(kinds)) % OCTETS.length];
            }
            int start = random.nextInt(bytes.length + 1);
            int end = start + random.nextInt(bytes.length + 1 - start);
            check(bytes, start, end, "seed " + seed + ", array " + i);
        }
    }

    private static void check(byte[] bytes, int start, int end, String what) {
        assertThat(Scan.indexOf(bytes, start, end, (byte) ':'))
                .as(what)
                .isEqualTo(first(bytes, start, end, octet -> octet == ':'));
        assertThat(Scan.indexOfEither(bytes, start, end, (byte) ';', (byte) -1))
                .as(what)
                .isEqualTo(first(bytes, start, end, octet -> octet == ';' || octet == -1));
        assertThat(Scan.hasControl(bytes, start, end))
                .as(what)
                .isEqualTo(first(bytes, start, end, octet -> octet >= 0 && octet <= ' ') < end);
        assertThat(Scan.hasUpperCase(bytes, start, end))
                .as(what)
                .isEqualTo(first(bytes, start, end, octet -> octet >= 'A' && octet <= 'Z') < end);
    }

    private static int first(byte[] bytes, int start, int end, IntPredicate wanted) {
        int at = start;
        while (at < end && !wanted.test(bytes[at])) {
            at++;
        }
        return at;
    }

    @Test
    void aStartBehindTheEndIsTheAnswer() {
        assertThat(Scan.indexOf(new byte[16], 9, 8, (byte) 0)).isEqualTo(9);
        assertThat(Scan.indexOfEither(new byte[16], 9, 8, (byte) 0, (byte) 1)).isEqualTo(9);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UtcTimeTest {

    private static String text(long micros) {
        var bytes = new byte[UtcTime.LENGTH];
        assertThat(UtcTime.write(micros, bytes, 0)).isEqualTo(UtcTime.LENGTH);
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 1970-01-01T00:00:00.000000Z",
        "1, 1970-01-01T00:00:00.000001Z",
        "1582934399999999, 2020-02-28T23:59:59.999999Z",
        "1582934400000000, 2020-02-29T00:00:00.000000Z",
        "-5, 1970-01-01T00:00:00.000000Z",
        "9223372036854775807, 9999-12-31T23:59:59.999999Z"
    })
    void leapDaysAndEdgesAreWrittenToTheMicrosecond(long micros, String expected) {
        assertThat(text(micros)).isEqualTo(expected);
    }

    @Test
    void anyTimeReadsBackAsItself() {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            long micros = random.nextLong(4_102_444_800_000_000L);
            Instant read = Instant.parse(text(micros));
            assertThat(ChronoUnit.MICROS.between(Instant.EPOCH, read))
                    .as("seed %d", seed)
                    .isEqualTo(micros);
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SubscriberTest {

    @ParameterizedTest
    @CsvSource({
        "+49405551234;npdi;rn=+49401000, +49405551234, 405551234",
        "+49-40-555-1234, +49-40-555-1234, 405551234",
        "112, 112, 112",
        "12, 12, ''",
        "alice;day=tuesday, alice;day=tuesday, ''",
        "4711x;a, 4711x;a, ''",
        ";npdi, ;npdi, ''",
        "'', '', ''"
    })
    void aNumberEndsBeforeItsParameters(String user, String number, String compared) {
        assertThat(Subscriber.number(user)).isEqualTo(number);
        assertThat(Subscriber.compared(user)).isEqualTo(compared);
    }
}

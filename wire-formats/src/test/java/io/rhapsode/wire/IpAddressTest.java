/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpAddressTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, c0000201",
        "0.0.0.0, 00000000",
        "255.255.255.255, ffffffff",
        "::1, 00000000000000000000000000000001",
        "2001:DB8::a, 20010db800000000000000000000000a",
        "::ffff:192.0.2.1, c0000201",
    })
    void literals(String text, String hex) {
        assertThat(IpAddress.of(text))
                .hasValueSatisfying(
                        address -> assertThat(HexFormat.of().formatHex(address)).isEqualTo(hex));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ".",
                "1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.",
                "1..2.3",
                "0001.2.3.4",
                "1.2.3.4 ",
                "a.b.c.d",
                "localhost",
                "x:",
                ":",
                ":::",
                "1:2",
                "fe80::1%lo",
                "12345::1",
                "[::1]",
                "face.example"
            })
    void whatIsNoneIsNotLookedUp(String text) {
        assertThat(IpAddress.of(text)).isEmpty();
    }
}

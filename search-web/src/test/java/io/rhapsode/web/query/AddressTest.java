/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web.query;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1",
                "0.0.0.0/0",
                "255.255.255.255/32",
                "::",
                "::1",
                "fe80::",
                "1:2:3:4:5:6:7:8",
                "::ffff:10.0.0.1",
                "64:ff9b::10.0.0.1/96"
            })
    void addressesAndNetworks(String text) {
        assertThat(Address.isAddress(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "10",
                "10.0.0",
                "10.0.0.0.1",
                "10.0.0.-1",
                "010.0.0.0001",
                "1:2:3",
                "1:2:3:4:5:6:7:8:9",
                "1::2::3",
                ":1",
                "12345::",
                "g::1",
                "::1/129",
                "10.0.0.1/",
                "cafe",
                "٣.٣.٣.٣"
            })
    void otherText(String text) {
        assertThat(Address.isAddress(text)).isFalse();
    }
}

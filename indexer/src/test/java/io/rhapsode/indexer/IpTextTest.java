/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IpTextTest {

    private static String text(byte[] address) {
        var bytes = new byte[IpText.LONGEST];
        int end = IpText.write(ByteString.copyFrom(address), bytes, 0);
        return new String(bytes, 0, end, StandardCharsets.US_ASCII);
    }

    /** The examples of RFC 5952 sections 4 and 5, and edges: each is its own recommended form. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0.0.0.0",
                "192.0.2.1",
                "255.10.99.100",
                "::",
                "::1",
                "1::",
                "2001:db8::1",
                "2001:db8::2:1",
                "2001:db8:0:1:1:1:1:1",
                "2001:0:0:1::1",
                "2001:db8::1:0:0:1",
                "0:1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:0",
                "1:2:3:4:5:6::",
                "fe80::200:f8ff:fe21:67cf",
                "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"
            })
    void recommendedFormOfRfc5952(String address) throws UnknownHostException {
        assertThat(text(InetAddress.getByName(address).getAddress())).isEqualTo(address);
    }

    @Test
    void mappedIpv4AddressShowsTheIpv4Address() {
        byte[] mapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, -1, -1, (byte) 192, 0, 2, 1};
        assertThat(text(mapped)).isEqualTo("::ffff:192.0.2.1");
    }

    @Test
    void anyAddressReadsBackAsItself() throws UnknownHostException {
        long seed = new Random().nextLong();
        var random = new Random(seed);
        for (int i = 0; i < 2_000; i++) {
            var address = new byte[16];
            random.nextBytes(address);
            for (int zeroed = random.nextInt(9); zeroed > 0; zeroed--) {
                int group = 2 * random.nextInt(8);
                address[group] = 0;
                address[group + 1] = 0;
            }
            address[0] |= 1; // no mapped one, which InetAddress would make an IPv4 address
            assertThat(InetAddress.getByName(text(address)).getAddress())
                    .as("seed %d", seed)
                    .isEqualTo(address);
        }
    }
}

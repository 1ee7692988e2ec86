/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.net.InetAddress;
import java.net.UnknownHostException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {

    /** The IPv6 ones are the examples of RFC 5952 and its section 4. */
    @ParameterizedTest
    @CsvSource({
        "192.0.2.255, 192.0.2.255:5060",
        "2001:db8:0:0:0:0:2:1, [2001:db8::2:1]:5060",
        "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:5060",
        "2001:0:0:1:0:0:0:1, [2001:0:0:1::1]:5060",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:5060",
        "0:0:0:0:0:0:0:1, [::1]:5060",
        "0:0:0:0:0:0:0:0, [::]:5060",
        "fe80:0:0:0:0:0:0:0, [fe80::]:5060",
    })
    void addressAsItIsWritten(String address, String text) throws UnknownHostException {
        assertThat(Endpoint.text(
                        ByteString.copyFrom(InetAddress.getByName(address).getAddress()), 5060))
                .isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0", "3", "17"})
    void noAddress(int length) {
        assertThat(Endpoint.text(ByteString.copyFrom(new byte[length]), 5060)).isEmpty();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.web;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OriginTest {

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // What browsers say of a form of ours, and of an address that was typed in
                "same-origin, http://127.0.0.1:8080, 127.0.0.1:8080, false",
                "none, -, 127.0.0.1:8080, false",
                // Behind something that ends TLS and names us otherwise
                "same-origin, https://sip.example, 10.0.0.1:8080, false",
                "-, https://sip.example, sip.example, false",
                "-, http://SIP.example:8080, sip.example:8080, false",
                // No browser
                "-, -, 127.0.0.1:8080, false",
                // Other sites, also one on another port of this machine
                "cross-site, http://127.0.0.1:8080, 127.0.0.1:8080, true",
                "same-site, http://127.0.0.1:8081, 127.0.0.1:8080, true",
                "-, http://127.0.0.1:8081, 127.0.0.1:8080, true",
                "-, https://evil.example, 127.0.0.1:8080, true",
                "-, http://127.0.0.1:8080.evil.example, 127.0.0.1:8080, true",
                "-, http://127.0.0.1:8080@evil.example, 127.0.0.1:8080, true",
                "-, null, 127.0.0.1:8080, true",
                "-, file://, 127.0.0.1:8080, true",
                "-, not an origin, 127.0.0.1:8080, true"
            })
    void onlyOurOwnPagesAndWhatIsNoBrowser(String site, String origin, String host, boolean foreign) {
        assertThat(Origin.isForeign(site, origin, host)).isEqualTo(foreign);
    }
}

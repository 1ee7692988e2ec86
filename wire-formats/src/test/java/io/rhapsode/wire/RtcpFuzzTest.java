/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

class RtcpFuzzTest {

    @Tag("fuzz")
    @FuzzTest(maxDuration = "10s")
    void anyBytes(byte[] bytes) {
        try {
            HostileInputTest.rtcp(bytes);
        } catch (MalformedPacket e) {
            HostileInputTest.known(e);
        }
    }
}

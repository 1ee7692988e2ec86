/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sip;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

class SipFuzzTest {

    /** Any octets are read, whole and as a stream, without an exception; see {@link Everything}. */
    @Tag("fuzz")
    @FuzzTest(maxDuration = "15s")
    void anyBytes(byte[] bytes) {
        Everything.read(bytes);
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import org.junit.jupiter.api.Tag;

class SdpFuzzTest {

    @Tag("fuzz")
    @FuzzTest(maxDuration = "15s")
    void anyBytes(byte[] bytes) {
        Sdp sdp = Sdp.of(bytes, 0, bytes.length);
        assertThat(sdp.media()).hasSizeLessThanOrEqualTo(Sdp.MAX_MEDIA);
        assertThat(sdp.mediaAddresses()).doesNotContain("");
        for (Media media : sdp.media()) {
            assertThat(media.codecs()).hasSizeLessThanOrEqualTo(Sdp.MAX_FORMATS);
            assertThat(media.candidates()).hasSizeLessThanOrEqualTo(Sdp.MAX_CANDIDATES);
            assertThat(media.port()).isBetween(0, 65_535);
        }
    }
}

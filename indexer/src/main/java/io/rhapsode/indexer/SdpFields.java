/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.indexer;

import io.rhapsode.schema.Sdp;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Stream;

/** What is worth searching of a session description: lists over all media, each value once. Keys are not among them. */
final class SdpFields {

    private SdpFields() {}

    static void write(JsonBytes json, Sdp sdp) {
        json.object("sdp")
                .text("role", role(sdp))
                .texts("media", each(sdp, Sdp.Media::getType))
                .texts("address", each(sdp, Sdp.Media::getAddress))
                .texts("codec", codecs(sdp))
                .texts("direction", each(sdp, Sdp.Media::getDirection))
                .flag("hold", sdp.getMediaList().stream().anyMatch(Sdp.Media::getHold))
                .flag("t38", sdp.getMediaList().stream().anyMatch(Sdp.Media::getT38))
                .flag("msrp", sdp.getMediaList().stream().anyMatch(Sdp.Media::getMsrp))
                .texts("keying", each(sdp, Sdp.Media::getKeying))
                .texts("crypto_suite", distinct(media(sdp).flatMap(one -> one.getCryptoSuiteList().stream())))
                .texts("fingerprint", each(sdp, Sdp.Media::getFingerprint))
                .texts(
                        "candidate_address",
                        distinct(media(sdp)
                                .flatMap(one -> one.getCandidateList().stream())
                                .map(Sdp.IceCandidate::getAddress)))
                .texts("group", distinct(sdp.getGroupList().stream().map(Sdp.MediaGroup::getSemantics)))
                .texts("label", each(sdp, Sdp.Media::getLabel))
                .list("bandwidth_kbit");
        Stream.concat(sdp.getBandwidthList().stream(), media(sdp).flatMap(one -> one.getBandwidthList().stream()))
                .mapToLong(SdpFields::kilobits)
                .filter(kilobits -> kilobits > 0)
                .distinct()
                .forEach(json::number);
        json.endList().end();
    }

    private static String role(Sdp sdp) {
        return sdp.getRole() == Sdp.Role.UNKNOWN ? "" : sdp.getRole().name().toLowerCase(Locale.ROOT);
    }

    /** Names where they are known, in lower case: people and phones write PCMA and pcma. */
    private static Collection<String> codecs(Sdp sdp) {
        return distinct(media(sdp).flatMap(one -> one.getCodecList().stream()).map(codec -> codec.getName()
                .toLowerCase(Locale.ROOT)));
    }

    /** RFC 8866 section 5.8, RFC 3890; 0 for RTCP's, which is not the media's. */
    private static long kilobits(Sdp.Bandwidth bandwidth) {
        return switch (bandwidth.getType()) {
            case "AS", "CT" -> Integer.toUnsignedLong(bandwidth.getValue());
            case "TIAS" -> Integer.toUnsignedLong(bandwidth.getValue()) / 1_000;
            default -> 0;
        };
    }

    private static Stream<Sdp.Media> media(Sdp sdp) {
        return sdp.getMediaList().stream();
    }

    private static Collection<String> each(Sdp sdp, Function<Sdp.Media, String> value) {
        return distinct(media(sdp).map(value));
    }

    private static Collection<String> distinct(Stream<String> values) {
        var distinct = new LinkedHashSet<String>();
        values.forEach(distinct::add);
        return distinct;
    }
}

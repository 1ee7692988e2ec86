/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** One media of a description: its m= line, and the lines after it up to the next. */
final class MediaReading {
    private static final Text SDES = Text.of("sdes");
    private static final Text DTLS = Text.of("dtls");
    private static final Text ZRTP = Text.of("zrtp");
    private static final Text MIKEY = Text.of("mikey");

    private final Text type;
    private final int port;
    private final Text protocol;
    private final List<Text> formats;
    private final List<Bandwidth> bandwidths = new ArrayList<>(0);
    private final List<Candidate> candidates = new ArrayList<>(0);
    private final List<Text> cryptoSuites = new ArrayList<>(0);

    // A format and what is said of it, one after the other.
    private final List<Text> encodings = new ArrayList<>(8);
    private final List<Text> parameters = new ArrayList<>(2);

    private Text address = Text.EMPTY;
    private Text direction = Text.EMPTY;
    private Text mid = Text.EMPTY;
    private Text label = Text.EMPTY;
    private Text fingerprint = Text.EMPTY;
    private Text setup = Text.EMPTY;
    private Text keying = Text.EMPTY;
    private Text path = Text.EMPTY;
    private Text rtcpAddress = Text.EMPTY;
    private boolean rtcpMux;
    private int rtcpPort;
    private int packetTime;

    MediaReading(Text line) {
        var words = new Words(line);
        type = words.next();
        port = Words.port(words.next());
        protocol = words.next();
        formats = words.list(Sdp.MAX_FORMATS);
    }

    void line(byte kind, Text value) {
        switch (kind) {
            case 'c' -> address = address.isEmpty() ? SessionReading.address(value) : address;
            case 'b' -> SessionReading.addBandwidth(bandwidths, value);
            case 'a' -> attribute(value);
            default -> {}
        }
    }

    private void attribute(Text line) {
        Text name = Words.before(line, ':');
        if (name.length() == line.length()) {
            direction = SessionReading.isDirection(line) ? line : direction;
            rtcpMux |= line.is("rtcp-mux");
            return;
        }
        Text value = SessionReading.value(line);
        if (name.is("rtpmap")) {
            note(encodings, value);
        } else if (name.is("fmtp")) {
            note(parameters, value);
        } else if (name.is("candidate")) {
            addCandidate(value);
        } else if (name.is("rtcp")) {
            var words = new Words(value);
            rtcpPort = Words.port(words.next());
            rtcpAddress = SessionReading.address(words.rest());
        } else if (name.is("ptime")) {
            packetTime = Words.number(Words.before(value, '.'));
        } else {
            otherAttribute(name, value);
        }
    }

    private void otherAttribute(Text name, Text value) {
        if (name.is("mid")) {
            mid = value;
        } else if (name.is("label")) {
            label = value;
        } else if (name.is("path")) {
            path = value;
        } else if (name.is("setup")) {
            setup = value;
        } else if (name.is("fingerprint")) {
            fingerprint = value;
        } else if (name.is("crypto")) {
            addCryptoSuite(value);
        } else if (name.is("zrtp-hash")) {
            keying = keying.isEmpty() ? ZRTP : keying;
        } else if (name.is("key-mgmt")) {
            keying = keying.isEmpty() ? MIKEY : keying;
        }
    }

    private static void note(List<Text> notes, Text value) {
        if (notes.size() < 2 * Sdp.MAX_FORMATS) {
            var words = new Words(value);
            notes.add(words.next());
            notes.add(words.rest());
        }
    }

    /** "foundation component transport priority address port typ type ..." */
    private void addCandidate(Text value) {
        if (candidates.size() < Sdp.MAX_CANDIDATES) {
            var words = new Words(value);
            words.next();
            words.next();
            Text transport = words.next();
            words.next();
            Text candidateAddress = words.next();
            int candidatePort = Words.port(words.next());
            words.next();
            candidates.add(new Candidate(transport, candidateAddress, candidatePort, words.next()));
        }
    }

    /** "tag suite key-parameters": the suite is read, the key is not. */
    private void addCryptoSuite(Text value) {
        keying = SDES;
        if (cryptoSuites.size() < Sdp.MAX_CANDIDATES) {
            var words = new Words(value);
            words.next();
            cryptoSuites.add(words.next());
        }
    }

    Media media(SessionReading session) {
        Text ownFingerprint = fingerprint.isEmpty() ? session.fingerprint : fingerprint;
        return new Media(
                type,
                port,
                protocol,
                address.isEmpty() ? session.address : address,
                direction.isEmpty() ? session.direction : direction,
                codecs(),
                Collections.unmodifiableList(bandwidths),
                rtcpPort,
                rtcpAddress,
                rtcpMux,
                packetTime,
                mid,
                label,
                Collections.unmodifiableList(candidates),
                ownFingerprint,
                setup.isEmpty() ? session.setup : setup,
                keying.isEmpty() && !ownFingerprint.isEmpty() ? DTLS : keying,
                Collections.unmodifiableList(cryptoSuites),
                path);
    }

    private List<Codec> codecs() {
        boolean rtp = Media.isRtp(protocol);
        var codecs = new ArrayList<Codec>(formats.size());
        for (Text format : formats) {
            Text encoding = noted(encodings, format);
            if (encoding.isEmpty() && rtp) {
                encoding = StaticPayload.of(format);
            }
            Text rate = Words.after(encoding, '/');
            codecs.add(new Codec(
                    format,
                    Words.before(encoding, '/'),
                    Words.number(Words.before(rate, '/')),
                    Math.max(Words.number(Words.before(Words.after(rate, '/'), '/')), 1),
                    noted(parameters, format)));
        }
        return Collections.unmodifiableList(codecs);
    }

    /** What was said first of a format. */
    private static Text noted(List<Text> notes, Text format) {
        for (int i = 0; i < notes.size(); i += 2) {
            if (notes.get(i).equals(format)) {
                return notes.get(i + 1);
            }
        }
        return Text.EMPTY;
    }
}

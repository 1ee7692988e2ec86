/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import io.rhapsode.wire.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** What has been read of a description so far: the session part until the first m= line, then one media after another. */
final class SessionReading {
    private static final Text SENDRECV = Text.of("sendrecv");

    private final List<MediaReading> media = new ArrayList<>(2);
    private final List<Bandwidth> bandwidths = new ArrayList<>(0);
    private final List<Group> groups = new ArrayList<>(0);
    private MediaReading current;
    private Text origin = Text.EMPTY;
    private Text sessionName = Text.EMPTY;
    private boolean iceLite;
    private boolean full;

    // What media have from the session where they do not say it themselves.
    Text address = Text.EMPTY;
    Text direction = SENDRECV;
    Text fingerprint = Text.EMPTY;
    Text setup = Text.EMPTY;

    void line(byte type, Text value) {
        if (type == 'm') {
            full = media.size() >= Sdp.MAX_MEDIA;
            if (!full) {
                current = new MediaReading(value);
                media.add(current);
            }
        } else if (full) {
            return;
        } else if (current != null) {
            current.line(type, value);
        } else {
            sessionLine(type, value);
        }
    }

    private void sessionLine(byte type, Text value) {
        switch (type) {
            case 'o' -> origin = value;
            case 's' -> sessionName = value;
            case 'c' -> address = address(value);
            case 'b' -> addBandwidth(bandwidths, value);
            case 'a' -> attribute(value);
            default -> {}
        }
    }

    private void attribute(Text line) {
        Text name = Words.before(line, ':');
        Text value = value(line);
        if (name.is("group")) {
            addGroup(value);
        } else if (name.is("fingerprint")) {
            fingerprint = value;
        } else if (name.is("setup")) {
            setup = value;
        } else if (name.is("ice-lite")) {
            iceLite = true;
        } else if (isDirection(line)) {
            direction = line;
        }
    }

    private void addGroup(Text value) {
        if (groups.size() < Sdp.MAX_GROUPS) {
            var words = new Words(value);
            groups.add(new Group(words.next(), words.list(Sdp.MAX_GROUPS)));
        }
    }

    Sdp sdp() {
        var read = new ArrayList<Media>(media.size());
        for (MediaReading one : media) {
            read.add(one.media(this));
        }
        return new Sdp(
                origin,
                sessionName,
                address,
                Collections.unmodifiableList(bandwidths),
                Collections.unmodifiableList(groups),
                iceLite,
                Collections.unmodifiableList(read));
    }

    static void addBandwidth(List<Bandwidth> bandwidths, Text value) {
        if (bandwidths.size() < Sdp.MAX_GROUPS) {
            bandwidths.add(new Bandwidth(Words.before(value, ':'), Words.number(Words.after(value, ':'))));
        }
    }

    /** What an attribute says after its name and colon. */
    static Text value(Text attribute) {
        Text after = Words.after(attribute, ':');
        return Words.trimmed(after.array(), after.start(), after.end());
    }

    /** The address of "IN IP4 address/ttl". */
    static Text address(Text value) {
        var words = new Words(value);
        words.next();
        words.next();
        return Words.before(words.next(), '/');
    }

    static boolean isDirection(Text attribute) {
        return attribute.is("sendrecv")
                || attribute.is("sendonly")
                || attribute.is("recvonly")
                || attribute.is("inactive");
    }
}

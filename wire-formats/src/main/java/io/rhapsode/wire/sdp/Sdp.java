/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.wire.sdp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A session description (RFC 8866), read line by line. Reading never throws: lines that say nothing understandable are
 * passed over, and what is beyond the bounds is not read.
 *
 * @param origin value of the o= line, empty if absent
 * @param sessionName value of the s= line, empty if absent
 * @param address of the session's c= line, empty if absent
 * @param media the media descriptions in their order, at most {@link #MAX_MEDIA}
 */
public record Sdp(String origin, String sessionName, String address, List<Media> media) {
    /** Media descriptions that are read. */
    public static final int MAX_MEDIA = 64;

    /** Formats that are read of one media line. */
    public static final int MAX_FORMATS = 128;

    /** Octets that are read of one description. */
    public static final int MAX_BYTES = 65_536;

    private static final int MAX_PORT = 65_535;

    /** Reads the description in the range, which must lie in the array; empty if there is nothing to read. */
    public static Sdp of(byte[] bytes, int offset, int length) {
        var reading = new Reading();
        int end = offset + Math.min(length, MAX_BYTES);
        int at = offset;
        while (at < end) {
            int lineEnd = at;
            while (lineEnd < end && bytes[lineEnd] != '\n' && bytes[lineEnd] != '\r') {
                lineEnd++;
            }
            if (lineEnd - at > 1 && bytes[at + 1] == '=') {
                reading.line(
                        (char) bytes[at], new String(bytes, at + 2, lineEnd - at - 2, StandardCharsets.UTF_8).strip());
            }
            at = lineEnd + 1;
        }
        return reading.sdp();
    }

    /**
     * Where the session's audio and video go: "address:port", "[address]:port" for IPv6, in the order of the media
     * lines; a media without port or address is left out.
     */
    public List<String> mediaAddresses() {
        var addresses = new ArrayList<String>();
        for (Media one : media) {
            boolean heardOrSeen = one.type().equals("audio") || one.type().equals("video");
            if (heardOrSeen && one.port() > 0 && !one.address().isEmpty()) {
                boolean bracketed = one.address().indexOf(':') >= 0;
                addresses.add((bracketed ? "[" + one.address() + "]" : one.address()) + ":" + one.port());
            }
        }
        return Collections.unmodifiableList(addresses);
    }

    /** What has been read so far: the session part until the first m= line, then one media after the other. */
    private static final class Reading {
        private String origin = "";
        private String sessionName = "";
        private String sessionAddress = "";
        private String sessionDirection = "sendrecv";
        private final List<MediaReading> media = new ArrayList<>();
        private MediaReading current;
        private boolean full;

        void line(char type, String value) {
            if (type == 'm') {
                full = media.size() >= MAX_MEDIA;
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

        private void sessionLine(char type, String value) {
            switch (type) {
                case 'o' -> origin = value;
                case 's' -> sessionName = value;
                case 'c' -> sessionAddress = address(value);
                case 'a' -> sessionDirection = isDirection(value) ? value : sessionDirection;
                default -> {}
            }
        }

        Sdp sdp() {
            var read = new ArrayList<Media>(media.size());
            for (MediaReading one : media) {
                read.add(one.media(sessionAddress, sessionDirection));
            }
            return new Sdp(origin, sessionName, sessionAddress, Collections.unmodifiableList(read));
        }
    }

    /** One media: its m= line, and the lines after it up to the next. */
    private static final class MediaReading {
        private final List<String> words;
        private final Map<String, String> encodings = new LinkedHashMap<>();
        private final Map<String, String> parameters = new LinkedHashMap<>();
        private String address = "";
        private String direction = "";
        private int rtcpPort;
        private int iceCandidates;

        MediaReading(String line) {
            words = words(line, 3 + MAX_FORMATS);
        }

        void line(char type, String value) {
            if (type == 'c' && address.isEmpty()) {
                address = address(value);
            } else if (type == 'a') {
                attribute(value);
            }
        }

        private void attribute(String value) {
            int colon = value.indexOf(':');
            String name = colon < 0 ? value : value.substring(0, colon);
            String rest = colon < 0 ? "" : value.substring(colon + 1).strip();
            switch (name) {
                case "rtpmap" -> note(encodings, rest);
                case "fmtp" -> note(parameters, rest);
                case "rtcp" -> rtcpPort = number(words(rest, 1), 0);
                case "candidate" -> iceCandidates++;
                default -> direction = isDirection(value) ? value : direction;
            }
        }

        private static void note(Map<String, String> byFormat, String value) {
            int space = value.indexOf(' ');
            if (space > 0 && byFormat.size() < MAX_FORMATS) {
                byFormat.putIfAbsent(
                        value.substring(0, space), value.substring(space + 1).strip());
            }
        }

        Media media(String sessionAddress, String sessionDirection) {
            var codecs = new ArrayList<Codec>();
            String protocol = word(words, 2);
            for (String format : words.subList(Math.min(3, words.size()), words.size())) {
                codecs.add(codec(format, protocol.contains("RTP")));
            }
            return new Media(
                    word(words, 0),
                    number(words, 1),
                    protocol,
                    address.isEmpty() ? sessionAddress : address,
                    direction.isEmpty() ? sessionDirection : direction,
                    Collections.unmodifiableList(codecs),
                    rtcpPort,
                    iceCandidates);
        }

        private Codec codec(String format, boolean rtp) {
            String encoding = encodings.getOrDefault(format, rtp ? StaticPayload.of(format) : "");
            String[] parts = encoding.split("/", 4);
            return new Codec(
                    format,
                    parts[0],
                    parts.length > 1 ? parse(parts[1]) : 0,
                    parts.length > 2 ? Math.max(parse(parts[2]), 1) : 1,
                    parameters.getOrDefault(format, ""));
        }
    }

    private static boolean isDirection(String value) {
        return switch (value) {
            case "sendrecv", "sendonly", "recvonly", "inactive" -> true;
            default -> false;
        };
    }

    /** The address of "IN IP4 address/ttl". */
    private static String address(String value) {
        String address = word(words(value, 3), 2);
        int slash = address.indexOf('/');
        return slash < 0 ? address : address.substring(0, slash);
    }

    /** The first words of a line. */
    private static List<String> words(String line, int max) {
        var words = new ArrayList<String>();
        int at = 0;
        while (at < line.length() && words.size() < max) {
            int end = at;
            while (end < line.length() && line.charAt(end) > ' ') {
                end++;
            }
            if (end > at) {
                words.add(line.substring(at, end));
            }
            at = end + 1;
        }
        return words;
    }

    private static String word(List<String> words, int index) {
        return index < words.size() ? words.get(index) : "";
    }

    /** The port of "port" or "port/count", 0 if it is none. */
    private static int number(List<String> words, int index) {
        String word = word(words, index);
        int slash = word.indexOf('/');
        int port = parse(slash < 0 ? word : word.substring(0, slash));
        return port <= MAX_PORT ? port : 0;
    }

    /** A number of up to nine ASCII digits; 0 for anything else. */
    private static int parse(String digits) {
        if (digits.isEmpty() || digits.length() > 9) {
            return 0;
        }
        int number = 0;
        for (int i = 0; i < digits.length(); i++) {
            char digit = digits.charAt(i);
            if (digit < '0' || digit > '9') {
                return 0;
            }
            number = number * 10 + digit - '0';
        }
        return number;
    }
}

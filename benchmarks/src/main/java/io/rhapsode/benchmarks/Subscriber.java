/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.benchmarks;

import java.util.List;

/**
 * Someone who calls or is called, always the same for the same id.
 *
 * @param number as +49 221 with seven digits, no two alike
 * @param name for display
 * @param agent product of the telephone
 * @param site where the capture agent stands
 * @param address of the telephone, IPv4
 * @param transport udp, tcp or tls
 */
record Subscriber(int id, String number, String name, String agent, String site, byte[] address, String transport) {

    /** From the largest to the smallest. */
    static final List<String> SITES = List.of("dus", "cgn", "ber", "muc", "ham", "fra");

    static final List<String> SURNAMES = List.of(
            "Schmidt Schneider Fischer Weber Meyer Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein Wolf Neumann"
                    .concat(
                            " Schwarz Zimmermann Braun Krause Hofmann Hartmann Lange Werner Ziegler Lehmann Walter Maier")
                    .concat(" Mayer Kaiser Fuchs Lang Peters Scholz Weiss Jung Hahn Schubert Vogel Friedrich Keller")
                    .concat(" Frank Berger Winkler Roth Beck Lorenz Baumann Franke Albrecht Simon Ludwig Winter Kraus")
                    .split(" "));

    static final List<String> FIRST_NAMES = List.of(
            "Anna Peter Maria Thomas Sabine Michael Petra Andreas Monika Stefan Ursula Christian Claudia Markus Karin"
                    .concat(" Daniel Brigitte Jan Andrea Martin Heike Frank Julia Ralf Eva Uwe Lena Jens Nina Oliver")
                    .split(" "));

    /** From the commonest to the rarest. */
    static final List<String> AGENTS = List.of(
            "FRITZ!OS 7.57",
            "Asterisk PBX 18.20.0",
            "snomD785/10.1.159.12",
            "Yealink SIP-T46U 108.86.0.20",
            "Huawei SoftX3000 V300R601",
            "Grandstream GXP2170 1.0.11.79",
            "Cisco-CP8841/14.2.1",
            "LANCOM 1793VA 10.80",
            "Zoiper v5.6.4",
            "kamailio (5.7.4 (x86_64/linux))",
            "PolycomVVX-VVX_450-UA/6.4.3",
            "Speedport Smart 4 R1",
            "Gigaset N670 IP PRO/83.V2.48",
            "Linphone/5.2.3",
            "AVAYA-SM-8.1.3.8",
            "OpenScape 4000 V10",
            "MicroSIP/3.21.3",
            "Mitel 6867i/6.3.3",
            "Baresip v3.5.1",
            "Bria 6.5.3");

    private static final String[] AREAS = {
        "221", "211", "30", "89", "40", "69", "231", "711", "341", "911", "421", "228"
    };
    private static final String[] TRANSPORTS = {"udp", "udp", "udp", "udp", "udp", "udp", "udp", "tcp", "tcp", "tls"};

    /** Prime to ten million: ids one after the other have numbers that look like nothing. */
    private static final long SPREAD = 7_368_787;

    static Subscriber of(int id) {
        long hash = mixed(id);
        long digits = 10_000_000 + (id * SPREAD + 1_234_567) % 10_000_000;
        int site = skewed(bits(hash, 0), SITES.size());
        return new Subscriber(
                id,
                "+49" + AREAS[skewed(bits(hash, 8), AREAS.length)]
                        + Long.toString(digits).substring(1),
                FIRST_NAMES.get(bits(hash, 16) % FIRST_NAMES.size()) + " "
                        + SURNAMES.get(bits(hash, 24) % SURNAMES.size()),
                AGENTS.get(skewed(bits(hash, 32), AGENTS.size())),
                SITES.get(site),
                new byte[] {10, (byte) (20 + site), (byte) (hash >> 40), (byte) (hash >> 48)},
                TRANSPORTS[bits(hash, 56) % TRANSPORTS.length]);
    }

    /** Half of all values are in the first quarter. */
    private static int skewed(int of256, int count) {
        return of256 * of256 * count >> 16;
    }

    private static int bits(long hash, int from) {
        return (int) (hash >>> from) & 0xff;
    }

    /** The finalizer of SplittableRandom's kind: every bit depends on all. */
    private static long mixed(long value) {
        long z = (value + 1) * 0x9e3779b97f4a7c15L;
        z = (z ^ z >>> 30) * 0xbf58476d1ce4e5b9L;
        z = (z ^ z >>> 27) * 0x94d049bb133111ebL;
        return z ^ z >>> 31;
    }
}

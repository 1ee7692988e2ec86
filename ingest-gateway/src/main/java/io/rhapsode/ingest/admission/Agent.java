/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.admission;

import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;

/** A capture agent the operator knows: how it is told from others, and how it is called. */
public final class Agent {

    public final String name;

    /** Empty if the operator names none. */
    public final String site;

    final List<Network> networks;
    private final byte[] key;
    private final String fingerprint;
    private final LdapName subject;

    /**
     * @param networks it sends from; empty for anywhere
     * @param key it presents in every packet, null if it need not
     * @param certificate what its TLS certificate must be: the SHA-256 fingerprint in hex, or parts of the subject
     *     (RFC 4514) that must all be there ("CN=sbc-1"); null if it need not have one
     * @throws IllegalArgumentException if the certificate is neither
     */
    Agent(String name, String site, List<Network> networks, String key, String certificate) {
        this.name = name;
        this.site = site;
        this.networks = List.copyOf(networks);
        this.key = key == null ? null : key.getBytes(StandardCharsets.UTF_8);
        boolean hex = certificate != null && certificate.matches("([0-9a-fA-F]{2}:?){32}");
        this.fingerprint = hex ? certificate.replace(":", "").toLowerCase(Locale.ROOT) : null;
        this.subject = hex || certificate == null ? null : subject(certificate);
    }

    private static LdapName subject(String text) {
        try {
            LdapName subject = new LdapName(text);
            if (subject.isEmpty()) {
                throw new IllegalArgumentException("neither a SHA-256 fingerprint nor a subject");
            }
            return subject;
        } catch (InvalidNameException e) {
            throw new IllegalArgumentException("neither a SHA-256 fingerprint nor a subject", e);
        }
    }

    boolean needsKey() {
        return key != null;
    }

    boolean needsCertificate() {
        return fingerprint != null || subject != null;
    }

    boolean sendsFrom(InetAddress address) {
        return networks.isEmpty() || networks.stream().anyMatch(network -> network.contains(address));
    }

    /** Bits of its longest network prefix. */
    int longestPrefix() {
        return networks.stream().mapToInt(Network::prefix).max().orElse(0);
    }

    /** Compares in a time that does not depend on where the first difference is. */
    boolean hasKey(byte[] presented) {
        return key == null || MessageDigest.isEqual(key, presented);
    }

    /** @param presented null if the sender has shown none */
    boolean hasCertificate(X509Certificate presented) {
        if (!needsCertificate()) {
            return true;
        }
        return presented != null
                && (fingerprint != null ? fingerprint.equals(fingerprint(presented)) : hasSubject(presented));
    }

    private boolean hasSubject(X509Certificate presented) {
        try {
            LdapName whole = new LdapName(presented.getSubjectX500Principal().getName());
            return whole.getRdns().containsAll(subject.getRdns());
        } catch (InvalidNameException e) {
            return false;
        }
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded());
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException | CertificateEncodingException e) {
            throw new IllegalStateException(e);
        }
    }

    @Override
    public String toString() {
        return name;
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.admission;

import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Everybody who may send. Where no agents are named, everybody from the allowed networks. */
public final class Agents {

    /** Everybody may send, from everywhere. */
    public static final Agents ANYBODY = new Agents(List.of(), false, List.of());

    private static final String PREFIX = "agent.";
    private static final Set<String> FIELDS = Set.of("site", "networks", "key", "certificate");

    /** Who asks for more is asked first, so that a wide network does not take the packets of a known certificate. */
    private static final Comparator<Agent> MOST_EXACTING = Comparator.comparing(Agent::needsCertificate)
            .thenComparing(Agent::needsKey)
            .thenComparingInt(Agent::longestPrefix)
            .reversed()
            .thenComparing(agent -> agent.name);

    private final List<Network> networks;
    final boolean named;
    private final List<Agent> agents;

    private Agents(List<Network> networks, boolean named, List<Agent> agents) {
        this.networks = networks;
        this.named = named;
        this.agents = agents;
    }

    /**
     * @param networks that may send at all; empty for all
     * @throws IllegalArgumentException naming every one that is none
     */
    public static Agents from(List<String> networks) {
        var mistakes = new ArrayList<String>();
        var read = networks(networks, "", mistakes);
        refuse(mistakes);
        return new Agents(read, false, List.of());
    }

    /**
     * The same networks, and only these agents.
     *
     * @param properties as {@link Properties} have them: {@code agent.NAME.site}, {@code .networks} (comma-separated),
     *     {@code .key}, {@code .certificate}
     * @throws IllegalArgumentException naming every mistake, and no secret
     */
    public Agents only(String properties) {
        var mistakes = new ArrayList<String>();
        var byName = byName(properties, mistakes);
        var read = new ArrayList<Agent>();
        byName.forEach((name, fields) -> read.add(agent(name, fields, mistakes)));
        refuse(mistakes);
        read.sort(MOST_EXACTING);
        return new Agents(networks, true, List.copyOf(read));
    }

    private static void refuse(List<String> mistakes) {
        if (!mistakes.isEmpty()) {
            throw new IllegalArgumentException(String.join("\n", mistakes));
        }
    }

    private static Map<String, Map<String, String>> byName(String text, List<String> mistakes) {
        var byName = new TreeMap<String, Map<String, String>>();
        int strangeLines = 0;
        for (var property : load(text, mistakes).entrySet()) {
            String name = (String) property.getKey();
            int dot = name.lastIndexOf('.');
            if (!name.startsWith(PREFIX) || dot <= PREFIX.length()) {
                strangeLines++;
            } else if (!FIELDS.contains(name.substring(dot + 1))) {
                mistakes.add(name + ": nothing an agent has; it has " + String.join(", ", new TreeSet<>(FIELDS)));
            } else {
                byName.computeIfAbsent(name.substring(PREFIX.length(), dot), absent -> new TreeMap<>())
                        .put(name.substring(dot + 1), ((String) property.getValue()).strip());
            }
        }
        if (strangeLines > 0) {
            // Not shown: it may be a key that slipped into a line of its own.
            mistakes.add(strangeLines + " lines are not of the form agent.NAME.FIELD=VALUE");
        }
        return byName;
    }

    private static Properties load(String text, List<String> mistakes) {
        var properties = new Properties();
        try (Reader reader = new StringReader(text)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            mistakes.add("a \\u escape that is none");
        }
        return properties;
    }

    private static Agent agent(String name, Map<String, String> fields, List<String> mistakes) {
        String place = PREFIX + name;
        String key = fields.get("key");
        String certificate = fields.get("certificate");
        List<String> listed = List.of(fields.getOrDefault("networks", "").split(","));
        List<Network> networks = networks(listed, place + ".networks: ", mistakes);
        if ("".equals(key)) {
            mistakes.add(place + ".key: is empty");
        }
        if (key == null && certificate == null && networks.isEmpty()) {
            mistakes.add(place + ": has no networks, key or certificate to tell it by");
        }
        try {
            return new Agent(name, fields.getOrDefault("site", ""), networks, key, certificate);
        } catch (IllegalArgumentException e) {
            mistakes.add(place + ".certificate: " + e.getMessage());
            return null;
        }
    }

    private static List<Network> networks(List<String> texts, String place, List<String> mistakes) {
        var networks = new ArrayList<Network>();
        for (String text : texts) {
            try {
                if (!text.isBlank()) {
                    networks.add(Network.of(text.strip()));
                }
            } catch (IllegalArgumentException e) {
                mistakes.add(place + e.getMessage());
            }
        }
        return networks;
    }

    /** Whether an address may send at all, whoever it is. */
    public boolean allows(InetAddress address) {
        boolean inNetworks = networks.isEmpty() || networks.stream().anyMatch(network -> network.contains(address));
        return inNetworks && (!named || agents.stream().anyMatch(agent -> agent.sendsFrom(address)));
    }

    /** Those who send from an address, the most exacting first. */
    List<Agent> from(InetAddress address) {
        return agents.stream().filter(agent -> agent.sendsFrom(address)).toList();
    }

    public int size() {
        return agents.size();
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.ingest.admission;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The agents as the file has them now: it is read again when it changes. A file with mistakes changes nothing. */
public final class AgentsFile {

    private static final Logger LOG = LoggerFactory.getLogger(AgentsFile.class);

    private record Stamp(FileTime time, long size) {}

    private final Agents networks;
    private final Path file;
    private Stamp read;
    private volatile Agents agents;
    private volatile String trouble;

    private AgentsFile(Agents networks, Path file) {
        this.networks = networks;
        this.file = file;
        this.agents = networks;
    }

    /**
     * @param file of the agents; empty for none
     * @param networks that may send at all; empty for all
     * @throws IllegalArgumentException naming every mistake, and no secret
     */
    public static AgentsFile open(String file, List<String> networks) {
        var opened = new AgentsFile(Agents.from(networks), file.isEmpty() ? null : Path.of(file));
        opened.look();
        opened.trouble().ifPresent(trouble -> {
            throw new IllegalArgumentException(trouble);
        });
        return opened;
    }

    /**
     * Reads the file.
     *
     * @param file of the agents; empty for none
     * @throws IllegalArgumentException naming every mistake, and no secret
     */
    static Agents read(String file, Agents networks) {
        try {
            return file.isEmpty() ? networks : networks.only(Files.readString(Path.of(file)));
        } catch (IOException e) {
            throw new IllegalArgumentException(
                    "RHAPSODE_AGENTS: cannot read the file " + file + ": " + e.getMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "RHAPSODE_AGENTS: the file " + file + " has mistakes:\n" + e.getMessage(), e);
        }
    }

    /** Who may send. The same object until the file changes. */
    public Agents agents() {
        return agents;
    }

    /** What is wrong with the file; who may send is then what it said before. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Reads the file if it is another than the one read last. */
    public void look() {
        if (file == null) {
            return;
        }
        try {
            var now = new Stamp(Files.getLastModifiedTime(file), Files.size(file));
            if (!now.equals(read)) {
                read = now;
                agents = read(file.toString(), networks);
                trouble = null;
                LOG.info("{} agents may send, as {} says", agents.size(), file);
            }
        } catch (IOException e) {
            tell("RHAPSODE_AGENTS: cannot read the file " + file + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            tell(e.getMessage());
        }
    }

    private void tell(String wrong) {
        if (!wrong.equals(trouble)) {
            LOG.error("What holds stays: {}", wrong);
        }
        trouble = wrong;
    }
}

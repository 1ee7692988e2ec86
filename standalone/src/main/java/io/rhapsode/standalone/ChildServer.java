/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * A server in a JVM of its own, on its own class path, that ends when this process ends. What it prints goes to a log
 * file of bounded size.
 */
final class ChildServer implements AutoCloseable {

    private static final Duration GOOD_BYE = Duration.ofSeconds(15);
    /** On so few the JVM's usual collector, which works beside the program, does so at the program's cost. */
    private static final int FEW_PROCESSORS = 2;

    /** With 143 a JVM ends that was told to (128 + SIGTERM). */
    private static final Set<Integer> IN_ORDER = Set.of(0, 143);

    private static final int WORD_EVERY_S = 5;
    private static final int SEARCHED_LINES = 2_000;
    private static final int SHOWN_LINES = 20;
    private static final Pattern FRAME = Pattern.compile("\\s+(at |\\.\\.\\. \\d+ more)");

    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    private final String name;
    private final Process process;
    private final List<String> jvm;
    private final ClassArchive classes;
    private final LogFile log;
    private final long startedAt = System.nanoTime();
    private volatile boolean closing;
    private volatile boolean endedInOrder = true;
    private volatile boolean wasGone;

    private ChildServer(String name, Process process, List<String> jvm, ClassArchive classes, LogFile log) {
        this.name = name;
        this.process = process;
        this.jvm = jvm;
        this.classes = classes;
        this.log = log;
    }

    /**
     * @param options of the JVM
     * @param classPath of the server alone
     * @param main the server's class, then its arguments
     */
    static ChildServer start(String name, List<String> options, Path classPath, List<String> main, Path logFile)
            throws IOException {
        Path own = Installation.ownClasses();
        String program = name.toLowerCase(Locale.ROOT);
        var classes = ClassArchive.of(classPath.getParent(), program, List.of(classPath, own))
                .listedIn(logFile.resolveSibling(program + ".classes"));
        var jvm = new ArrayList<String>(List.of(ClassArchive.java()));
        jvm.addAll(options);
        jvm.addAll(optionsOfAll());
        jvm.add("-XX:ErrorFile=" + logFile.resolveSibling(program + "-crash-%p.log"));
        jvm.addAll(classes.options());
        jvm.addAll(List.of("-cp", classPath + "/*:" + own));
        var command = new ArrayList<String>();
        // In a session of its own, so that Ctrl-C on the terminal reaches only the parent, which stops things in order.
        if (Files.isExecutable(SETSID)) {
            command.add(SETSID.toString());
        }
        command.addAll(jvm);
        command.add(ParentWatch.class.getName());
        command.addAll(main);
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        // One memory arena a core and more of them is RSS without use.
        builder.environment().put("MALLOC_ARENA_MAX", "2");
        var child = new ChildServer(name, builder.start(), jvm, classes, new LogFile(logFile, 10 << 20));
        var pump = new Thread(child::pump, name + "-log");
        pump.setDaemon(true);
        pump.start();
        return child;
    }

    private static List<String> optionsOfAll() throws IOException {
        var options = new ArrayList<String>(List.of("-XX:+ExitOnOutOfMemoryError", "-Djava.awt.headless=true"));
        if (Runtime.getRuntime().availableProcessors() <= FEW_PROCESSORS) {
            options.add("-XX:+UseSerialGC");
        }
        if (hasHugePages()) {
            options.add("-XX:+UseTransparentHugePages");
        }
        if (Runtime.version().feature() >= 22) {
            options.add("--enable-native-access=ALL-UNNAMED");
        }
        if (Runtime.version().feature() >= 25) {
            options.add("-XX:+UseCompactObjectHeaders");
        }
        return options;
    }

    /** Whether Linux gives pages of 2 MB to who asks: a JVM that asks in vain says so on its first line. */
    private static boolean hasHugePages() throws IOException {
        return Files.isReadable(HUGE_PAGES) && !Files.readString(HUGE_PAGES).contains("[never]");
    }

    private void pump() {
        try (InputStream said = process.getInputStream();
                log) {
            said.transferTo(log);
        } catch (IOException e) {
            if (!closing) {
                System.err.println(name + ": its log ends here: " + e);
            }
        }
    }

    /**
     * Waits until the server answers.
     *
     * @param progress told now and then how long it has taken
     * @throws StartRefused if it ends before, or is not ready in time, with the tail of its log
     */
    void awaitReady(BooleanSupplier ready, Duration limit, Consumer<String> progress) throws InterruptedException {
        // It may have been started long before anyone waits for it.
        double nextWord = seconds() + WORD_EVERY_S;
        while (!ready.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new StartRefused(lastWords());
            }
            if (seconds() > limit.toSeconds()) {
                throw new StartRefused(name + " did not answer within " + limit.toSeconds() + " s." + tail());
            }
            if (seconds() >= nextWord) {
                progress.accept("  still waiting for %s (%.0f s)".formatted(name, seconds()));
                nextWord = seconds() + WORD_EVERY_S;
            }
            Thread.sleep(100);
        }
        progress.accept("  %s is ready (%.1f s)".formatted(name, seconds()));
    }

    private double seconds() {
        return (System.nanoTime() - startedAt) / 1e9;
    }

    /** Completes, with what to tell, when the server ends without having been told to. */
    CompletableFuture<String> died() {
        var died = new CompletableFuture<String>();
        process.onExit().thenRun(() -> {
            if (!closing) {
                died.complete(lastWords());
            }
        });
        return died;
    }

    private String lastWords() {
        return name + " has stopped by itself (exit code " + process.exitValue() + ")." + tail();
    }

    /** Without the frames of stack traces, which would push out what they are of. */
    private String tail() {
        List<String> said = log.tail(SEARCHED_LINES).stream()
                .filter(line -> !FRAME.matcher(line).lookingAt())
                .toList();
        List<String> last = said.subList(Math.max(0, said.size() - SHOWN_LINES), said.size());
        return " The end of " + log.path() + ":\n  " + String.join("\n  ", last);
    }

    /** True if it has ended, whoever ended it. */
    boolean isGone() {
        return !process.isAlive();
    }

    /** Once it is closed: true if it was gone before. */
    boolean wasGone() {
        return wasGone;
    }

    long pid() {
        return process.pid();
    }

    ClassArchive classes() {
        return classes;
    }

    /** The command that started it, up to its class. */
    List<String> jvm() {
        return jvm;
    }

    /** Once it is closed: what to tell if it did not end in order; empty if it did. */
    Optional<String> disorder() {
        return endedInOrder
                ? Optional.empty()
                : Optional.of(name + " did not end in order (exit code " + process.exitValue() + ")." + tail());
    }

    @Override
    public void close() {
        wasGone = isGone();
        closing = true;
        // Not Process.destroy(): that closes the child's standard input too, which tells it to halt.
        process.toHandle().destroy();
        try {
            if (!process.waitFor(GOOD_BYE.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
            endedInOrder = wasGone || IN_ORDER.contains(process.exitValue());
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}

/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.service;

import java.util.concurrent.Callable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the services' main methods have in common. */
public final class ServiceMain {

    private static final Logger LOG = LoggerFactory.getLogger(ServiceMain.class);

    private ServiceMain() {}

    /**
     * Starts a service, and closes it when the process is asked to end. If it cannot start, it says why on standard error,
     * without a stack trace where it knows the reason, and ends the process with status 1.
     *
     * @param start that throws IllegalArgumentException for wrong settings, IllegalStateException for what is not as it must
     *     be around it
     */
    public static void run(String name, Callable<? extends AutoCloseable> start) {
        try {
            AutoCloseable running = start.call();
            Runtime.getRuntime().addShutdownHook(new Thread(() -> close(running), "close"));
        } catch (IllegalArgumentException | IllegalStateException e) {
            System.err.println(name + ": " + e.getMessage());
            System.exit(1);
        } catch (Exception e) {
            LOG.error("{} cannot start", name, e);
            System.exit(1);
        }
    }

    private static void close(AutoCloseable running) {
        try {
            running.close();
        } catch (Exception e) {
            LOG.error("Closing failed", e);
        }
    }
}

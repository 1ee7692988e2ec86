/* SPDX-License-Identifier: Apache-2.0 */
package io.rhapsode.standalone;

import java.io.IOException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * Gives tests the one {@link RunningStandalone} of the run, as a parameter of constructor or method. Tests share it, so
 * each uses Call-IDs of its own and counts only those.
 */
public final class StandaloneExtension implements ParameterResolver {

    private static RunningStandalone shared;

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RunningStandalone.class;
    }

    @Override
    public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return shared();
    }

    /** For the life of this JVM: starting takes longer than most tests. */
    private static synchronized RunningStandalone shared() {
        if (shared == null) {
            try {
                shared = RunningStandalone.start();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
            Runtime.getRuntime().addShutdownHook(new Thread(StandaloneExtension::close, "close-standalone"));
        }
        return shared;
    }

    private static void close() {
        try {
            shared.close();
        } catch (IOException e) {
            System.err.println("closing the shared instance: " + e);
        }
    }
}

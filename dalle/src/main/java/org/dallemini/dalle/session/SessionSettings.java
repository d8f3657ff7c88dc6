package org.dallemini.dalle.session;

import ai.djl.Device;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How sessions use the machine.
 *
 * @param device where they calculate
 * @param threads that work on one operator, the caller's included; at least 1
 * @param spinning whether idle threads wait for the next operator in a busy loop: a little faster, but it takes
 *     processors away from everything else. Off where several sessions share the processors
 */
public record SessionSettings(Device device, int threads, boolean spinning) {
    private static final Pattern CUDA = Pattern.compile("cuda:(\\d{1,3})");

    public SessionSettings {
        if (threads < 1) {
            throw new IllegalArgumentException("threads is " + threads + " but must be at least 1");
        }
    }

    /** On the processor. */
    public SessionSettings(int threads, boolean spinning) {
        this(Device.cpu(), threads, spinning);
    }

    /**
     * On a device by the name that settings give it.
     *
     * @param device cpu, or cuda:N for a graphics processor
     * @throws IllegalArgumentException if it is neither
     */
    public SessionSettings(String device, int threads, boolean spinning) {
        this(device(device), threads, spinning);
    }

    private static Device device(String name) {
        Matcher cuda = CUDA.matcher(name);
        if (cuda.matches()) {
            return Device.gpu(Integer.parseInt(cuda.group(1)));
        }
        if (!name.equals("cpu")) {
            throw new IllegalArgumentException("\"" + name + "\" is neither cpu nor cuda:N");
        }
        return Device.cpu();
    }
}

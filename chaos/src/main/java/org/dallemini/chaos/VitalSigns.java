package org.dallemini.chaos;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Looks into a JVM of the same user from outside, as {@code jcmd} does. */
final class VitalSigns implements AutoCloseable {
    private static final double MB = 1 << 20;
    private static final Pattern RESIDENT = Pattern.compile("VmRSS:\\s+(\\d+) kB");

    /** {@code - Thread (reserved=1KB, committed=1KB)} and so on. */
    private static final Pattern CATEGORY = Pattern.compile("-\\s+([\\w ]+) \\(reserved=\\d+KB, committed=(\\d+)KB");

    private final long pid;
    private final JMXConnector connector;
    private final MBeanServerConnection beans;
    private final MemoryMXBean memory;
    private final ThreadMXBean threads;

    private VitalSigns(long pid, JMXConnector connector) throws IOException {
        this.pid = pid;
        this.connector = connector;
        this.beans = connector.getMBeanServerConnection();
        this.memory = ManagementFactory.getPlatformMXBean(beans, MemoryMXBean.class);
        this.threads = ManagementFactory.getPlatformMXBean(beans, ThreadMXBean.class);
    }

    /** The JVM must be one that we have started. */
    @SuppressWarnings("BanJNDI") // the address is what that JVM itself says
    static VitalSigns of(long pid) throws IOException {
        try {
            VirtualMachine machine = VirtualMachine.attach(Long.toString(pid));
            try {
                return new VitalSigns(
                        pid, JMXConnectorFactory.connect(new JMXServiceURL(machine.startLocalManagementAgent())));
            } finally {
                machine.detach();
            }
        } catch (AttachNotSupportedException e) {
            throw new IOException("Process " + pid + " is no JVM that can be looked into", e);
        }
    }

    /** All of them; collects garbage first, so that what is left of the heap is in use. */
    Map<Vital, Double> look() throws IOException, JMException {
        memory.gc();
        var signs = new EnumMap<Vital, Double>(Vital.class);
        signs.put(Vital.HEAP_AFTER_GC, memory.getHeapMemoryUsage().getUsed() / MB);
        double direct = 0;
        for (BufferPoolMXBean pool : ManagementFactory.getPlatformMXBeans(beans, BufferPoolMXBean.class)) {
            direct += pool.getName().equals("direct") ? pool.getMemoryUsed() / MB : 0;
        }
        signs.put(Vital.DIRECT_BUFFERS, direct);
        signs.put(Vital.THREADS, (double) threads.getThreadCount());
        signs.put(Vital.FILE_HANDLES, (double) handles());
        signs.put(Vital.JVM_NATIVE, jvmNative());
        Matcher resident = RESIDENT.matcher(Files.readString(Path.of("/proc/" + pid + "/status")));
        signs.put(Vital.RESIDENT, resident.find() ? Double.parseDouble(resident.group(1)) / 1024 : Double.NaN);
        return signs;
    }

    /**
     * Without the tables of RocksDB, which keeps each of them open: there are more with every job that is remembered,
     * and fewer when they are merged.
     */
    private long handles() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.filter(handle -> !target(handle).endsWith(".sst")).count();
        }
    }

    private static String target(Path handle) {
        try {
            return Files.readSymbolicLink(handle).toString();
        } catch (IOException e) {
            return ""; // closed meanwhile
        }
    }

    /** The JVM must run with {@code -XX:NativeMemoryTracking=summary}. */
    private double jvmNative() throws IOException, JMException {
        String summary = (String) beans.invoke(
                new ObjectName("com.sun.management:type=DiagnosticCommand"),
                "vmNativeMemory",
                new Object[] {new String[] {"summary"}},
                new String[] {String[].class.getName()});
        double sum = 0;
        for (Matcher category = CATEGORY.matcher(summary); category.find(); ) {
            boolean counts =
                    !category.group(1).equals("Java Heap") && !category.group(1).startsWith("Shared class");
            sum += counts ? Double.parseDouble(category.group(2)) / 1024 : 0;
        }
        return sum;
    }

    @Override
    public void close() throws IOException {
        connector.close();
    }
}

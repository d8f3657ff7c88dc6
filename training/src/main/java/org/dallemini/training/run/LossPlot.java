package org.dallemini.training.run;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;

/** Draws a loss over updates as SVG. */
final class LossPlot {
    private static final int WIDTH = 800, HEIGHT = 360, LEFT = 64, RIGHT = 16, TOP = 32, BOTTOM = 40, TICKS = 5;

    /** A loss after so many updates. */
    record Point(int update, double loss) {}

    private final double maxUpdate;
    private final double min;
    private final double max;

    private LossPlot(double maxUpdate, double min, double max) {
        this.maxUpdate = maxUpdate;
        this.min = min;
        this.max = max;
    }

    /** @param heldOut may be empty */
    static String svg(String title, List<Point> learned, List<Point> heldOut) {
        double[] losses = learned.stream().mapToDouble(Point::loss).sorted().toArray();
        double top = losses[(int) (0.98 * (losses.length - 1))]; // the first few are far above all others
        double bottom = Math.min(
                losses[0], heldOut.stream().mapToDouble(Point::loss).min().orElse(losses[0]));
        LossPlot plot = new LossPlot(learned.get(learned.size() - 1).update, bottom, Math.max(top, bottom + 1e-9));
        StringBuilder svg = new StringBuilder(String.format(
                Locale.ROOT,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
                        + " font-size=\"12\"><rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>"
                        + "<text x=\"%d\" y=\"20\" font-size=\"14\">%s</text>%n",
                WIDTH,
                HEIGHT,
                LEFT,
                title));
        for (int i = 0; i <= TICKS; i++) {
            svg.append(plot.ticks(i / (double) TICKS));
        }
        svg.append(plot.line(learned, "#3366cc", 1)).append(plot.line(heldOut, "#dc3912", 2));
        if (!heldOut.isEmpty()) {
            svg.append(String.format(
                    "<text x=\"%d\" y=\"20\" fill=\"#dc3912\" text-anchor=\"end\">held out</text>%n", WIDTH - RIGHT));
        }
        return svg.append("</svg>\n").toString();
    }

    private String ticks(double share) {
        double update = share * maxUpdate;
        double loss = min + share * (max - min);
        return String.format(
                Locale.ROOT,
                "<path d=\"M%d %.1fH%d\" stroke=\"#ddd\"/><text x=\"%d\" y=\"%.1f\" text-anchor=\"end\">%.3g</text>"
                        + "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%.0f</text>%n",
                LEFT,
                y(loss),
                WIDTH - RIGHT,
                LEFT - 6,
                y(loss) + 4,
                loss,
                x(update),
                HEIGHT - BOTTOM + 20,
                update);
    }

    private String line(List<Point> points, String colour, int width) {
        String path = points.stream()
                .map(point -> String.format(Locale.ROOT, "%.1f,%.1f", x(point.update), y(point.loss)))
                .collect(Collectors.joining(" "));
        return String.format(
                "<polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%d\"/>%n", path, colour, width);
    }

    private double x(double update) {
        return LEFT + (WIDTH - LEFT - RIGHT) * update / maxUpdate;
    }

    private double y(double loss) {
        double within =
                DoubleStream.of(min, loss, max).sorted().skip(1).findFirst().orElse(loss);
        return HEIGHT - BOTTOM - (HEIGHT - BOTTOM - TOP) * (within - min) / (max - min);
    }
}

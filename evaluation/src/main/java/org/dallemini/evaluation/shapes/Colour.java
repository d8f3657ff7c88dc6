package org.dallemini.evaluation.shapes;

/** The colours of the pictures that the shipped model was trained on: COLOURS and BGS of its training/shapes.py. */
enum Colour {
    RED(220, 30, 30),
    ORANGE(250, 140, 20),
    YELLOW(250, 225, 40),
    GREEN(30, 160, 60),
    BLUE(40, 80, 220),
    PURPLE(130, 40, 170),
    PINK(250, 150, 190),
    BROWN(120, 70, 30),
    WHITE(250, 250, 250),
    BLACK(15, 15, 15),
    GRAY(150, 150, 150);

    private final int red;
    private final int green;
    private final int blue;

    Colour(int red, int green, int blue) {
        this.red = red;
        this.green = green;
        this.blue = blue;
    }

    /** Distance of red, green and blue, 0 to 441. */
    double distance(int r, int g, int b) {
        return Math.sqrt((red - r) * (red - r) + (green - g) * (green - g) + (blue - b) * (blue - b));
    }

    int rgb() {
        return red << 16 | green << 8 | blue;
    }

    static Colour nearest(int r, int g, int b) {
        Colour nearest = RED;
        for (Colour colour : values()) {
            if (colour.distance(r, g, b) < nearest.distance(r, g, b)) {
                nearest = colour;
            }
        }
        return nearest;
    }
}

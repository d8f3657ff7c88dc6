package org.dallemini.dalle.checkpoint;

/** Type of the elements of an array in memory and in a prepared graph. */
public enum ElementType {
    FLOAT32(4),
    UINT8(1),
    INT8(1),
    INT32(4),
    INT64(8);

    private final int bytes;

    ElementType(int bytes) {
        this.bytes = bytes;
    }

    public int bytes() {
        return bytes;
    }
}

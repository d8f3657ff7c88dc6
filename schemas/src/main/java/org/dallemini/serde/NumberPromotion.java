package org.dallemini.serde;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.apache.avro.LogicalType;
import org.apache.avro.LogicalTypes;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericFixed;
import org.dallemini.serde.Conversion.Step;
import org.jspecify.annotations.Nullable;

/** Numbers of any type for a field of any other, where the value fits: whole numbers exactly, others to the nearest. */
final class NumberPromotion {
    /** Of a decimal; more than any number of the readers' types has. */
    private static final int MAX_BYTES = 64;

    /** Beyond these a floating-point number is no longer told from its neighbours. */
    private static final double WHOLE_DOUBLES = 1L << 53, WHOLE_FLOATS = 1L << 24;

    private NumberPromotion() {}

    /** @return null if the writer's type is no number */
    static @Nullable Step step(Schema writer, Schema.Type reader) {
        LogicalType logical = writer.getLogicalType();
        return switch (writer.getType()) {
            case INT, LONG, FLOAT, DOUBLE ->
                // date, time and timestamps are moments, whatever they are written as
                logical != null
                        ? null
                        : new Step(
                                value -> fit((Number) Objects.requireNonNull(value), reader),
                                writer.getType() == reader);
            case BYTES, FIXED ->
                logical instanceof LogicalTypes.Decimal decimal
                        ? Step.ours(value -> fit(decimal(Objects.requireNonNull(value), decimal.getScale()), reader))
                        : null;
            default -> null;
        };
    }

    /** What a field takes, for people. */
    static String wanted(Schema.Type reader) {
        return switch (reader) {
            case INT -> "a whole number from " + Integer.MIN_VALUE + " to " + Integer.MAX_VALUE;
            case LONG -> "a whole number from " + Long.MIN_VALUE + " to " + Long.MAX_VALUE;
            default -> "a number of the type " + reader.getName();
        };
    }

    private static BigDecimal decimal(Object value, int scale) throws UnfitValueException {
        byte[] bytes;
        if (value instanceof GenericFixed fixed) {
            bytes = fixed.bytes();
        } else {
            ByteBuffer buffer = ((ByteBuffer) value).duplicate();
            bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
        }
        if (bytes.length == 0 || bytes.length > MAX_BYTES) {
            throw new UnfitValueException("a decimal of " + bytes.length + " bytes: write 1 to " + MAX_BYTES);
        }
        return new BigDecimal(new BigInteger(bytes), scale);
    }

    private static Number fit(Number value, Schema.Type reader) throws UnfitValueException {
        return switch (reader) {
            case INT -> (int) whole(value, reader, Integer.MIN_VALUE, Integer.MAX_VALUE);
            case LONG -> whole(value, reader, Long.MIN_VALUE, Long.MAX_VALUE);
            case FLOAT -> {
                float nearest = value.floatValue();
                check(isSame(value, nearest), value, reader);
                yield nearest;
            }
            default -> {
                double nearest = value.doubleValue();
                check(isSame(value, nearest), value, reader);
                yield nearest;
            }
        };
    }

    private static long whole(Number value, Schema.Type reader, long least, long most) throws UnfitValueException {
        boolean isWhole = true;
        long whole = 0;
        if (value instanceof BigDecimal decimal) {
            try {
                whole = decimal.longValueExact();
            } catch (ArithmeticException e) {
                isWhole = false;
            }
        } else {
            whole = value.longValue();
            if (value instanceof Float || value instanceof Double) {
                double floating = value.doubleValue();
                isWhole = floating == Math.rint(floating)
                        && Math.abs(floating) <= (value instanceof Float ? WHOLE_FLOATS : WHOLE_DOUBLES);
            }
        }
        check(isWhole && whole >= least && whole <= most, value, reader);
        return whole;
    }

    /** Rounded at most: neither beyond what there is nor down to nothing. */
    private static boolean isSame(Number value, double nearest) {
        if (value instanceof BigDecimal decimal) {
            return Double.isFinite(nearest) && (nearest != 0 || decimal.signum() == 0);
        }
        double was = value.doubleValue();
        return Double.isFinite(nearest) == Double.isFinite(was) && (nearest != 0 || was == 0);
    }

    private static void check(boolean fits, Number value, Schema.Type reader) throws UnfitValueException {
        if (!fits) {
            throw new UnfitValueException(value + " does not fit: write " + wanted(reader));
        }
    }
}

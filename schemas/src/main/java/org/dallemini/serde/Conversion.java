package org.dallemini.serde;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** From a value as Avro reads it by its writer's schema, generic and without logical types, to one of our classes. */
@FunctionalInterface
interface Conversion {
    /** @param value null only where the writer's schema allows it */
    @Nullable
    Object apply(@Nullable Object value) throws UnfitValueException;

    /**
     * Of a whole record.
     *
     * @param name of what is read, for the message
     * @throws MalformedRecordException if it does not fit
     */
    default Object ofRecord(Object name, Object record) {
        try {
            return Objects.requireNonNull(apply(record));
        } catch (UnfitValueException e) {
            throw new MalformedRecordException(name + ", " + e.getMessage());
        }
    }

    /**
     * What becomes of the values of a writer's type.
     *
     * @param isAvros whether Avro's own schema resolution does the very same, so that it may be left to it
     */
    record Step(Conversion conversion, boolean isAvros) {
        static Step ours(Conversion conversion) {
            return new Step(conversion, false);
        }

        /** No value of the writer's type has the sense that the reader's asks for. */
        static Step refusal(String writer, String wanted) {
            return ours(value -> {
                throw new UnfitValueException(UnfitValueException.shown(value) + " is of the type " + writer
                        + ", which is not understood here: write " + wanted);
            });
        }
    }
}

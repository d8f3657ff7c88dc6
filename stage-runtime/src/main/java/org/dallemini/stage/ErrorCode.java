package org.dallemini.stage;

import java.util.Locale;

/** Why a record can never be processed. The codes are stable: dead letters are filtered by them. */
public enum ErrorCode {
    /** The bytes are no record in Confluent's wire format with a known schema. */
    UNDECODABLE_RECORD,
    /** A text is longer than {@code prompt.max.characters}. */
    TEXT_TOO_LONG,
    /** A text holds control characters or unpaired surrogates. */
    INVALID_TEXT,
    /** An id is not made of letters, digits, {@code .}, {@code _} and {@code -}, or is too long. */
    INVALID_ID,
    /** The same id came before with other content. */
    ID_REUSED,
    /** A number is out of its range, for example a negative count or a temperature of 0. */
    INVALID_PARAMETER,
    /** What an image shall begin with is neither tokens nor a picture, cannot be read, or does not fit the image. */
    INVALID_PREFIX,
    /** The prompt filter refuses a prompt, or the image filter a picture: the one drawn, or the one to begin with. */
    CONTENT_POLICY,
    /** The deadline passed before the work began. */
    DEADLINE_EXCEEDED,
    /** Its job was canceled before it was drawn. */
    CANCELED,
    /** Somebody deleted the image, and it is not stored again. */
    DELETED,
    /** The record is valid by its schema but not by its sense, for example tokens that do not fill their grid. */
    INVALID_RECORD,
    /** The record was made for another model than the one that this stage runs. */
    MODEL_MISMATCH,
    /** The model's code failed on this record alone. */
    MODEL_FAILURE,
    /** The result does not fit into a Kafka record. */
    RESULT_TOO_LARGE,
    /** The object key template makes no usable key of this record. */
    INVALID_OBJECT_KEY,
    /** Another content lies in the bucket under the image's key. */
    OBJECT_EXISTS;

    /** As written in headers and on the command line: {@code text-too-long}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}

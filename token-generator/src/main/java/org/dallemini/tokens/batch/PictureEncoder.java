package org.dallemini.tokens.batch;

import java.io.IOException;
import org.dallemini.stage.RejectedRecordException;

/** Finds the image tokens of pictures. For one thread. */
public interface PictureEncoder extends AutoCloseable {

    /**
     * Encodes one picture.
     *
     * @param file content of a PNG or JPEG file of any size
     * @return the tokens of a whole image, row by row from the top left
     * @throws RejectedRecordException if the picture cannot be read, or the model has nothing to encode it with
     * @throws IOException if it does not work at present; a RuntimeException may have that reason too, or the picture
     */
    int[] encode(byte[] file) throws RejectedRecordException, IOException;

    /** Whether a picture that no request has a part in can be encoded: tells whose fault a failure is. */
    boolean works();

    @Override
    void close();
}

/* == zero-size.malloc.non-null zero-size.realloc.null == */
static int defect(void)
{
    return MALLOC(0) == NULL || REALLOC(NULL, 0) == NULL;
}

/* == integrity.contents == */
static int defect(void)
{
    static void *blocks[700];
    for (unsigned i = 0; i < 700; i++) {
        blocks[i] = MALLOC(i + 1);
        if (!blocks[i])
            return 0;
        fill(blocks[i], i + 1, i);
    }
    for (unsigned i = 0; i < 700; i++)
        if (!intact(blocks[i], i + 1, i))
            return 1;
    return 0;
}

/* == integrity.random-operations integrity.no-overlap realloc.grows realloc.shrinks realloc.chain realloc.moves realloc.usable realloc.neighbours free.any-order free.reuse malloc.usable == */
static int defect(void)
{
    static void *blocks[256];
    static size_t sizes[256];
    unsigned random = 1;
    for (int i = 0; i < 60000; i++) {
        random = random * 1103515245 + 12345;
        unsigned at = random >> 16 & 255;
        size_t size = 1 + (random >> 8) % 600;
        if (blocks[at] && !intact(blocks[at], sizes[at], at))
            return 1;
        if (blocks[at] && random >> 30 == 0) {
            FREE(blocks[at]);
            blocks[at] = NULL;
            continue;
        }
        size_t kept = sizes[at] < size ? sizes[at] : size;
        void *block = blocks[at] ? REALLOC(blocks[at], size) : MALLOC(size);
        if (!block)
            return 0;
        if (blocks[at] && !intact(block, kept, at))
            return 1;
        blocks[at] = block;
        sizes[at] = size;
        fill(block, size, at);
    }
    return 0;
}

/* == free.neighbours malloc.large realloc.large == */
static int defect(void)
{
    static const size_t sizes[] = {512, 4096, 70000, 140000, 300000};
    for (int i = 0; i < 5; i++) {
        size_t size = sizes[i];
        void *blocks[9];
        for (unsigned j = 0; j < 9; j++) {
            blocks[j] = MALLOC(size);
            if (!blocks[j])
                return 0;
            fill(blocks[j], size, j);
        }
        /* The odd ones go, or shrink; the even ones stay as they are. */
        for (unsigned j = 1; j < 9; j += 2)
            if (j % 4 == 1)
                FREE(blocks[j]);
            else
                blocks[j] = REALLOC(blocks[j], size / 2);
        for (unsigned j = 0; j < 9; j++)
            if (j % 4 != 1 && !intact(blocks[j], j % 2 ? size / 2 : size, j))
                return 1;
    }
    return 0;
}

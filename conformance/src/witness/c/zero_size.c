/* == zero-size.malloc.non-null == */
static int defect(void)
{
    return MALLOC(0) == NULL;
}

! Writing to a string needs libgfortran.
subroutine fortran_answer(value) bind(c)
    use iso_c_binding
    integer(c_int), intent(out) :: value
    character(len=8) :: text
    write (text, '(i4)') 42
    read (text, '(i4)') value
end subroutine

subroutine format_mean(count, numbers, text) bind(c)
  use iso_c_binding
  implicit none
  integer(c_int), value :: count
  real(c_double), intent(in) :: numbers(count)
  character(kind=c_char), intent(out) :: text(8)
  character(len=8) :: written
  ! Formatting takes the runtime library.
  write (written, '(f8.3)') sum(numbers) / count
  text = transfer(written, text)
end subroutine
